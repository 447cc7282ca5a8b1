using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>What the positions of a series count.</summary>
public enum SeriesAxis
{
    /// <summary>Intervals of the run, from 0.</summary>
    Interval,

    /// <summary>Batches of the run, from 0.</summary>
    Batch,

    /// <summary>Updates of the agent's policy during the run: the version after each.</summary>
    PolicyVersion,
}

/// <summary>A number that a run has at each interval, batch or update.</summary>
/// <param name="Name">Stable, in snake case; of updates, that of the diagnostics: <c>losses/policy</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Unit">nats, fraction, ..., or empty.</param>
public sealed record Metric(string Name, string Title, string Unit, SeriesAxis Axis);

/// <summary>The numbers of intervals, and where each comes from.</summary>
internal static class IntervalMetrics
{
    private static readonly (Metric Metric, Func<Report, double?, double?> Of)[] Reported =
    [
        (Interval("train_loss", "Training loss", "nats"), (report, _) => report.TrainLoss),
        (Interval("holdout_loss", "Held-out loss", "nats"), (report, _) => report.HasHoldoutLoss ? report.HoldoutLoss : null),
        (Interval("train_top1", "Training top-1, weighted by the mixed labels", "fraction"), (report, _) => report.TrainTop1Weighted),
        (Interval("holdout_top1", "Held-out top-1", "fraction"), (report, _) => report.HasHoldoutTop1 ? report.HoldoutTop1 : null),
        (Interval("gap", "Generalisation gap: training minus held-out top-1", "fraction"), (report, _) => report.HasHoldoutTop1 ? report.TrainTop1Weighted - report.HoldoutTop1 : null),
        (Interval("holdout_ece", "Held-out calibration error", "fraction"), (report, _) => report.HasHoldoutEce ? report.HoldoutEce : null),
        (Interval("reward", "Reward", ""), (_, reward) => reward),
        (Interval("learning_rate", "Learning rate", ""), (report, _) => report.LearningRate),
        (Interval("gradient_norm", "Gradient norm", ""), (report, _) => report.HasGradientNorm ? report.GradientNorm : null),
        (Interval("gradient_similarity", "Saliency similarity, clean and mixed", ""), (report, _) => report.HasGradientSimilarity ? report.GradientSimilarity : null),
        (Interval("test_loss", "Test loss", "nats"), (report, _) => report.HasTestLoss ? report.TestLoss : null),
        (Interval("test_top1", "Test top-1", "fraction"), (report, _) => report.HasTestTop1 ? report.TestTop1 : null),
        (Interval("progress", "Progress", "fraction"), (report, _) => report.Progress),
        (Interval("train_seconds", "Training time", "s"), (report, _) => report.Timing?.Train?.ToTimeSpan().TotalSeconds),
    ];

    private static readonly (Metric Metric, Func<Decision, double?> Of)[] Decided =
    [
        (Interval("value", "The critic's estimate", ""), decision => decision.Value),
        (Interval("log_probability", "Log-probability of the choice", "nats"), decision => decision.LogProbability),
        (Interval("lambda_alpha", "α of λ ~ Beta(α, α)", ""), decision => decision.Choice.HasLambdaAlpha ? decision.Choice.LambdaAlpha : null),
        (Interval("lambda_value", "λ", ""), decision => decision.Choice.HasLambdaValue ? decision.Choice.LambdaValue : null),
        (Interval("threshold_center", "Saliency percentile, middle of the band", "fraction"), decision => Band(decision.Choice)?.Center),
        (Interval("threshold_spread", "Saliency percentile, width of the band", "fraction"), decision => Band(decision.Choice)?.Spread),
    ];

    /// <summary>Numbers of reports, then numbers of decisions.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. Reported.Select(entry => entry.Metric), .. Decided.Select(entry => entry.Metric)];

    public static int IndexOf(string name) => All.Index().Single(entry => entry.Item.Name == name).Index;

    public static void Add(Column<double>[] columns, Report report, double? reward)
    {
        for (var i = 0; i < Reported.Length; i++)
        {
            columns[i].Add(Reported[i].Of(report, reward) ?? double.NaN);
        }
    }

    public static void Add(Column<double>[] columns, Decision decision)
    {
        for (var i = 0; i < Decided.Length; i++)
        {
            columns[Reported.Length + i].Add(Decided[i].Of(decision) ?? double.NaN);
        }
    }

    /// <summary>The numbers that a report has, but for the reward.</summary>
    public static IReadOnlyList<NamedNumber> NumbersOf(Report report) =>
    [
        .. Reported.Select(entry => (entry.Metric.Name, Value: entry.Of(report, null)))
            .Where(entry => entry.Value is not null)
            .Select(entry => new NamedNumber(entry.Name, entry.Value!.Value)),
    ];

    /// <summary>The grid as published is the whole range.</summary>
    private static ThresholdBand? Band(Choice choice) => choice.ThresholdCase switch
    {
        Choice.ThresholdOneofCase.ThresholdBand => choice.ThresholdBand,
        Choice.ThresholdOneofCase.ThresholdGrid => WholeRange,
        _ => null,
    };

    private static ThresholdBand WholeRange { get; } = new() { Center = 0.495, Spread = 0.99 };

    private static Metric Interval(string name, string title, string unit) => new(name, title, unit, SeriesAxis.Interval);
}
