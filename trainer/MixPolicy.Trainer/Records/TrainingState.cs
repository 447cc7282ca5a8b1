using MixPolicy.Client;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Records;

/// <summary>One finished epoch: its line, what was done in it, and the decision behind it.</summary>
/// <param name="Metrics">The line of <c>metrics.jsonl</c>.</param>
/// <param name="Choice">Bytes of the <see cref="V1.Choice"/> that was followed.</param>
/// <param name="Decision">Bytes of the <see cref="V1.Decision"/>; null where the epoch ran under the fallback.</param>
public sealed record EpochRecord(EpochMetrics Metrics, byte[] Choice, byte[]? Decision)
{
    /// <summary>Where batches are decided: the course of their rewards, see <see cref="BatchCurve"/>. Null otherwise, and where an earlier version trained.</summary>
    public BatchCurve? BatchRewards { get; init; }

    public Choice ReadChoice() => V1.Choice.Parser.ParseFrom(Choice);

    public Decision? ReadDecision() => Decision is null ? null : V1.Decision.Parser.ParseFrom(Decision);
}

/// <summary>What the program knows after an epoch. Saved in one checkpoint with the network, before the epoch's report is sent.</summary>
/// <param name="Epochs">The finished epochs, in order.</param>
/// <param name="Backlog">Reports that the agent has not confirmed, as the bytes that are sent.</param>
/// <param name="BestEpoch">The epoch of the best checkpoint.</param>
/// <param name="Seconds">Spent so far, over all resumes.</param>
public sealed record TrainingState(IReadOnlyList<EpochRecord> Epochs, BacklogState Backlog, int BestEpoch, double Seconds)
{
    /// <summary>Null for policies that decide epochs.</summary>
    public BatchSteeringState? Batches { get; init; }
}
