using System.Globalization;
using System.Text.RegularExpressions;

namespace MixPolicy.Trainer.Commands;

/// <summary>What a training is without options: small enough for a few minutes on two processors.</summary>
internal static partial class RecipeDefaults
{
    internal const string OneCycle = "onecycle";
    internal const string MultiStep = "multistep";
    internal const string Model = "preactresnet18-w16";
    internal const int Epochs = 20;
    internal const int BatchSize = 100;
    internal const string ModelForm = "preactresnet18, or preactresnet18-wN with N from 1 to 512";

    internal static bool IsModel(string name) => ModelName().Match(name) is { Success: true } match
        && (!match.Groups["width"].Success || int.Parse(match.Groups["width"].ValueSpan, CultureInfo.InvariantCulture) is >= 1 and <= 512);

    /// <summary>Of the published recipe (Luu et al. 2022): 0.2995 with OneCycle, 0.2 with MultiStep.</summary>
    internal static double MaxLearningRate(string schedule) => schedule == OneCycle ? 0.29947526988779305 : 0.2;

    internal static TrainSettings Settings(string schedule) => new()
    {
        Model = Model,
        Epochs = Epochs,
        BatchSize = BatchSize,
        LearningRateSchedule = schedule,
        MaxLearningRate = MaxLearningRate(schedule),
        Threads = Environment.ProcessorCount,
    };

    [GeneratedRegex(@"\Apreactresnet18(-w(?<width>[0-9]{1,3}))?\z")]
    private static partial Regex ModelName();
}
