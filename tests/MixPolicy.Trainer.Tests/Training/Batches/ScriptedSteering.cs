using MixPolicy.Trainer.Training.Batches;

namespace MixPolicy.Trainer.Tests.Training.Batches;

/// <summary>Answers by a function of batch and view, and keeps what it is told, in order.</summary>
internal sealed class ScriptedSteering(Func<int, BatchView, float[]?> percentiles) : IBatchSteering
{
    public int Patches => 8;

    public BatchRewardKind Reward { get; init; } = BatchRewardKind.Saliency;

    public bool Pipelined { get; init; }

    /// <summary>Null takes batches of any size.</summary>
    public int? Bound { get; init; }

    public List<BatchView> Views { get; } = [];

    public List<double> Progress { get; } = [];

    public List<float[]> Rewards { get; } = [];

    /// <summary>Questions that had been asked when each reward came.</summary>
    public List<int> AskedBefore { get; } = [];

    public bool Takes(int images) => Bound is null || Bound == images;

    public Task<BatchAnswer?> AskAsync(BatchView view, double progress, CancellationToken cancellationToken)
    {
        var batch = Views.Count;
        Views.Add(view);
        Progress.Add(progress);
        return Task.FromResult(percentiles(batch, view) is { } chosen ? new BatchAnswer(batch, chosen, null, batch) : null);
    }

    public void Earn(BatchAnswer answer, float[] rewards)
    {
        answer.Batch.ShouldBe(Rewards.Count);
        Rewards.Add(rewards);
        AskedBefore.Add(Views.Count);
    }
}
