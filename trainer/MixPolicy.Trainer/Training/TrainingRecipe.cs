using MixPolicy.Trainer.Data;

namespace MixPolicy.Trainer.Training;

/// <summary>How the learning rate goes, see <see cref="Optimization.OneCycle"/> and <see cref="Optimization.MultiStep"/>.</summary>
public enum LearningRateSchedule
{
    OneCycle,
    MultiStep,
}

/// <summary>What makes one training repeatable, apart from the decisions.</summary>
public sealed record TrainingRecipe
{
    /// <summary>See <see cref="Networks.ClassifierNetworks"/>.</summary>
    public required string Model { get; init; }

    /// <summary>≥ 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images a step, ≥ 2.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Root of every random stream.</summary>
    public required long Seed { get; init; }

    /// <summary>In [0, 0.5]: the stratified part of the training set that is not trained on.</summary>
    public double HoldOutFraction { get; init; } = 0.1;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.OneCycle;

    /// <summary>Highest learning rate, > 0; null for the published one of the schedule. A very short training needs less.</summary>
    public double? MaxLearningRate { get; init; }

    /// <summary>Of the weights, every step; ≥ 0.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or not a number.</exception>
    internal void Check()
    {
        Demand(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Demand(BatchSize >= 2, nameof(BatchSize), BatchSize, "at least 2");
        Demand(HoldOutFraction is >= 0 and <= HoldOut.HighestFraction, nameof(HoldOutFraction), HoldOutFraction, $"in [0, {HoldOut.HighestFraction}]");
        Demand(MaxLearningRate is null or (> 0 and < double.PositiveInfinity), nameof(MaxLearningRate), MaxLearningRate, "above 0 and finite");
        Demand(WeightDecay is >= 0 and < double.PositiveInfinity, nameof(WeightDecay), WeightDecay, "at least 0 and finite");
    }

    private static void Demand(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"it must be {allowed}");
        }
    }
}
