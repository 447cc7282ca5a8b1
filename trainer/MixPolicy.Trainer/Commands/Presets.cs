using System.Globalization;

namespace MixPolicy.Trainer.Commands;

/// <summary>
/// The recipe of the R-Mix paper (Luu et al. 2022, CIFAR-100): batches of 100, OneCycle with its learning rate, weight decay 1e-4 (that of every training here),
/// one method throughout. CutMix+ is CutMix under that recipe, the paper's strongest simple baseline.
/// </summary>
internal static class Presets
{
    internal const string RMix = "rmix";
    internal const string CutMixPlus = "cutmix+";

    private static readonly (string Option, Func<TrainSettings, string> Value)[] Fixed =
    [
        ("--policy", s => s.Policy),
        ("--methods", s => string.Join(',', s.Methods)),
        ("--batch-size", s => s.BatchSize.ToString(CultureInfo.InvariantCulture)),
        ("--lr-schedule", s => s.LearningRateSchedule),
        ("--max-lr", s => s.MaxLearningRate.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>The settings with what the preset fixes.</summary>
    internal static TrainSettings Apply(string preset, TrainSettings settings) => settings with
    {
        Preset = preset,
        Policy = "fixed",
        Methods = [preset == CutMixPlus ? "cutmix" : "rmix"],
        BatchSize = RecipeDefaults.PublishedBatchSize,
        LearningRateSchedule = RecipeDefaults.OneCycle,
        MaxLearningRate = Optimization.OneCycle.PublishedMaxLearningRate,
    };

    /// <exception cref="UsageException">An option given beside the preset contradicts it.</exception>
    internal static void Check(TrainSettings settings)
    {
        if (settings.Preset is not { } preset)
        {
            return;
        }

        var published = Apply(preset, settings);
        foreach (var (option, value) in Fixed)
        {
            if (value(settings) != value(published))
            {
                throw new UsageException(option, value(settings), $"{value(published)} with --preset {preset}, or the option left out");
            }
        }
    }
}
