using MixPolicy.Agent.Policies;

namespace MixPolicy.Agent.Learning;

/// <summary>
/// The observation: what a decision may depend on. Scale-free, so that a policy carries over to other data sets and schedules, and free of
/// times, so that a repeated run sees the same. An entry whose quantity is missing is 0, and its `has_...` flag says so.
/// </summary>
public static class ObservationLayout
{
    // Keeps ratios of losses and norms finite.
    private const double Tiny = 1e-8;

    // Largest ratio shown: what lies above is as hopeless.
    private const double LargestRatio = 10;

    private static readonly Entry[] Entries =
    [
        new("progress", run => run.Last?.Progress),
        new("interval_fraction", run => (double)run.Interval / run.Intervals),
        new("has_report", run => Flag(run.Last is not null)),
        new("learning_rate_ratio", run => Ratio(run.Last?.LearningRate, run.PeakLearningRate)),
        new("train_loss_ratio", run => Ratio(run.TrainLoss, run.GuessLoss)),
        new("train_loss_slope", run => run.Last is { } last ? LogRatio(last.TrainLossBefore, last.TrainLoss) : null),
        new("train_top1_weighted", run => run.Last?.TrainTop1),
        new("holdout_loss_ratio", run => Ratio(run.HoldoutLoss, run.GuessLoss)),
        new("holdout_loss_slope", run => LogRatio(run.Last?.HoldoutLossBefore, run.Last?.HoldoutLoss)),
        new("has_holdout_loss", run => Flag(run.HoldoutLoss is not null)),
        new("holdout_top1", run => run.Last?.HoldoutTop1),
        new("generalization_gap", run => run.Last?.TrainTop1 - run.Last?.HoldoutTop1),
        new("has_holdout_top1", run => Flag(run.Last?.HoldoutTop1 is not null)),
        new("holdout_ece", run => run.Last?.HoldoutEce),
        new("has_holdout_ece", run => Flag(run.Last?.HoldoutEce is not null)),
        new("gradient_norm_log_ratio", run => LogRatio(run.Last?.GradientNorm, run.FirstGradientNorm)),
        new("has_gradient_norm", run => Flag(run.Last?.GradientNorm is not null)),
        .. MethodTable.Observed.Select(method => new Entry($"last_method/{method.Name}", run => Flag(run.Last?.Action.Method == method.Method))),
        new("last_lambda", run => run.Last?.Action.Lambda),
        new("has_last_lambda", run => Flag(run.Last?.Action.Lambda is not null)),
        new("last_threshold", run => run.Last?.Action.Threshold),
        new("has_last_threshold", run => Flag(run.Last?.Action.Threshold is not null)),
        new("last_fallback", run => Flag(run.Last?.Fallback is true)),
        new("last_reward", run => run.Last?.Reward),
        new("has_last_reward", run => Flag(run.Last?.Reward is not null)),
    ];

    /// <summary>Names of the entries, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>The observation that the run's next decision sees.</summary>
    public static float[] Observe(RunMemory run) => [.. Entries.Select(entry => (float)(entry.Value(run) ?? 0))];

    private static double Flag(bool set) => set ? 1 : 0;

    private static double? Ratio(double? value, double scale) => value is { } v ? Math.Min(v / scale, LargestRatio) : null;

    /// <summary>log(a / b), cut to ±log of the largest ratio.</summary>
    private static double? LogRatio(double? a, double? b) => a is { } x && b is { } y
        ? Math.Clamp(Math.Log(Math.Max(x, Tiny)) - Math.Log(Math.Max(y, Tiny)), -Math.Log(LargestRatio), Math.Log(LargestRatio))
        : null;

    private sealed record Entry(string Name, Func<RunMemory, double?> Value);
}
