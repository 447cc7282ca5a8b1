namespace MixPolicy.Trainer.Training.Batches;

/// <summary>What an epoch's batch decisions came to.</summary>
/// <param name="Decided">Batches that were mixed as decided.</param>
/// <param name="Published">Batches for which nobody answered: mixed by the published draw.</param>
/// <param name="Unasked">Batches that the policy does not take: mixed by the published draw.</param>
/// <param name="Reward">Mean over the decided batches; null without one.</param>
/// <param name="Percentile">Mean over all images.</param>
/// <param name="PolicyVersion">Of the last decision; null without one.</param>
/// <param name="SecondsWait">Spent waiting for decisions.</param>
public sealed record BatchTally(int Decided, int Published, int Unasked, double? Reward, double Percentile, long? PolicyVersion, double SecondsWait)
{
    /// <summary>Of each batch, in order: the mean of what it earned; null where it was not decided.</summary>
    public IReadOnlyList<float?> Rewards { get; init; } = [];
}
