namespace MixPolicy.Ppo.Batches;

/// <summary>What is open of one run.</summary>
internal sealed class BatchRun(long episode)
{
    /// <summary>Decisions without a reward, in the order of their batches.</summary>
    public Queue<BatchStep> Open { get; } = new();

    public long Episode { get; } = episode;

    /// <summary>The batch decided last; −1 before the first.</summary>
    public long LastBatch { get; set; } = -1;

    /// <summary>A rewarded step whose successor is not decided yet; it counts once that one's value is known.</summary>
    public BatchStep? Tail { get; set; }
}
