using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Networks;

namespace MixPolicy.Trainer.Commands;

/// <summary>What a training is without options: small enough for a few minutes on two processors.</summary>
internal static class RecipeDefaults
{
    internal const string OneCycle = "onecycle";
    internal const string MultiStep = "multistep";

    internal const string Shapes = "shapes";

    /// <summary>Images a batch in the published recipe (Luu et al. 2022).</summary>
    internal const int PublishedBatchSize = 100;

    /// <summary>Images a batch, in words for the help.</summary>
    internal static string BatchSizes { get; } = $"{ShapesDefaults.BatchSize} for shapes, {PublishedBatchSize} for CIFAR as published";

    /// <summary>Epochs from which on the warm-up of OneCycle is long enough for its published learning rate: in a few, the network diverges on the way up.</summary>
    private const int FullRateEpochs = 10;

    internal static TrainSettings Settings(string dataset, string schedule, int epochs) => new()
    {
        Dataset = dataset,
        LearningRateSchedule = schedule,
        MaxLearningRate = MaxLearningRate(schedule, epochs),
        Model = ShapesDefaults.Model,
        Epochs = epochs,
        BatchSize = dataset == Shapes ? ShapesDefaults.BatchSize : PublishedBatchSize,
        Threads = Environment.ProcessorCount,
    };

    /// <summary>Of the published recipe (Luu et al. 2022), whose OneCycle warms up over 90 epochs; in proportion less where there are fewer than <see cref="FullRateEpochs"/>.</summary>
    private static double MaxLearningRate(string schedule, int epochs) => schedule == OneCycle
        ? Optimization.OneCycle.PublishedMaxLearningRate * Math.Min(1, (double)epochs / FullRateEpochs)
        : Optimization.MultiStep.PublishedLearningRate;

    internal const string ModelForm = "preactresnet18, or preactresnet18-wN with a width N from 1 to 512";

    internal static bool IsModel(string name)
    {
        try
        {
            return ClassifierNetworks.WidthOf(name) > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
