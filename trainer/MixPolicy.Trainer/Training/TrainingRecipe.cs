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
}
