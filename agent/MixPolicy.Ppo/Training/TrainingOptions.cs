namespace MixPolicy.Ppo.Training;

/// <summary>How <see cref="PpoTrainer"/> collects experience; Stable-Baselines3's defaults.</summary>
public sealed record TrainingOptions
{
    /// <summary>Steps of each environment between two updates, ≥ 1.</summary>
    public int StepsPerUpdate { get; init; } = 2048;

    /// <summary>Steps of all environments together after which the schedules are at their end, ≥ 1.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Rewards are divided by the running standard deviation of the discounted return, and clipped to ±10.</summary>
    public bool NormalizeRewards { get; init; }

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerUpdate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TotalSteps, 1);
    }
}
