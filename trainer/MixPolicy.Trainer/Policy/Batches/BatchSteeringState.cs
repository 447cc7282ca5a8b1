namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>Where a run's batch decisions are, at the end of an epoch. Saved with the checkpoint, so that an epoch which runs again asks for the same batches again.</summary>
/// <param name="Next">Number of the next batch that is asked for; batches under the fallback have none.</param>
/// <param name="Unsent">Rewards that the agent has not confirmed.</param>
public sealed record BatchSteeringState(long Next, IReadOnlyList<EarnedReward> Unsent)
{
    public static BatchSteeringState Start { get; } = new(0, []);
}

/// <param name="Batch">The batch that earned it.</param>
/// <param name="Rewards">One number, or one an image.</param>
/// <param name="Last">The last one of its epoch.</param>
public sealed record EarnedReward(long Batch, float[] Rewards, bool Last);
