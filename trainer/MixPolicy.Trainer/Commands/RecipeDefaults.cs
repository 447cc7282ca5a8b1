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

    internal static TrainSettings Settings(string dataset, string schedule) => new()
    {
        Dataset = dataset,
        LearningRateSchedule = schedule,
        MaxLearningRate = MaxLearningRate(schedule),
        Model = ShapesDefaults.Model,
        Epochs = ShapesDefaults.Epochs,
        BatchSize = dataset == Shapes ? ShapesDefaults.BatchSize : PublishedBatchSize,
        Threads = Environment.ProcessorCount,
    };

    /// <summary>Of the published recipe (Luu et al. 2022).</summary>
    internal static double MaxLearningRate(string schedule) => schedule == OneCycle ? Optimization.OneCycle.PublishedMaxLearningRate : Optimization.MultiStep.PublishedLearningRate;

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
