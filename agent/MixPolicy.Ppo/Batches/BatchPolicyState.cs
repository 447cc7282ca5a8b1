namespace MixPolicy.Ppo.Batches;

/// <summary>All of a batch policy that is neither a tensor nor a step's numbers, as a checkpoint holds it.</summary>
/// <param name="Rollout">Steps that wait for their update.</param>
/// <param name="Waiting">The update that is made and not adopted.</param>
internal sealed record BatchPolicyState(
    string Kind, long Version, long Decisions, long Episodes, long Samples, double Progress, long AdamSteps, ulong[] Shuffle,
    BatchStepState[] Rollout, BatchRunState[] Runs, WaitingUpdateState? Waiting)
{
    /// <summary>Updates that were adopted and not taken.</summary>
    public BatchUpdate[] Untold { get; init; } = [];

    /// <summary>The same where an older version wrote it, which had room for one.</summary>
    public BatchUpdate? Adopted { get; init; }
}

/// <param name="Numbers">How many of its observation, log-probabilities and rewards lie one after another in the part with all steps' numbers.</param>
internal sealed record BatchStepState(string Run, long Batch, long Episode, int[] Numbers, byte[] Bins, int? Method, float Value, bool Last, float NextValue);

internal sealed record BatchRunState(string Run, long Episode, long LastBatch, BatchStepState[] Open, BatchStepState? Tail);

internal sealed record WaitingUpdateState(long AdoptAt, Dictionary<string, double> Diagnostics);
