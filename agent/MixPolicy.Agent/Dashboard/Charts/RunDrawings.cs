using MixPolicy.Agent.Dashboard.Shown;
using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Dashboard.Charts;

/// <summary>A chart and its heading.</summary>
public sealed record Drawing(string Title, LineChart Chart);

/// <summary>What the page of a run draws of its series.</summary>
internal static class RunDrawings
{
    private const string Group = "run";

    private static readonly (string Title, string[] Metrics)[] Performance =
    [
        ("Accuracy", ["train_top1", "holdout_top1", "test_top1"]),
        ("Loss", ["train_loss", "holdout_loss", "test_loss"]),
        ("Generalisation gap", ["gap"]),
        ("Calibration error (ECE)", ["holdout_ece"]),
        ("Reward", ["reward"]),
        ("Learning rate", ["learning_rate"]),
        ("Gradient norm", ["gradient_norm"]),
        ("Saliency similarity", ["gradient_similarity"]),
    ];

    private static readonly (string Title, string[] Metrics)[] Policy =
    [
        ("Critic's estimate and reward earned", ["value", "reward"]),
        ("Log-probability of the choice", ["log_probability"]),
    ];

    private static readonly (string Title, string[] Metrics)[] Batches =
    [
        ("Reward of the batch", ["batch_reward"]),
        ("Saliency percentile chosen", ["batch_threshold"]),
        ("Critic's estimate by batch", ["batch_value"]),
        ("Log-probability by batch", ["batch_log_probability"]),
    ];

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["train_top1"] = "Training",
        ["holdout_top1"] = "Held-out",
        ["test_top1"] = "Test",
        ["train_loss"] = "Training",
        ["holdout_loss"] = "Held-out",
        ["test_loss"] = "Test",
        ["value"] = "Estimate",
        ["reward"] = "Reward",
    };

    /// <summary>How the classifier does.</summary>
    public static IReadOnlyList<Drawing> OfPerformance(IReadOnlyList<RunSeries> series) => Of(Performance, series, "Interval", Group);

    /// <summary>What the policy thought of its decisions.</summary>
    public static IReadOnlyList<Drawing> OfPolicy(IReadOnlyList<RunSeries> series) => Of(Policy, series, "Interval", Group);

    /// <summary>Decisions batch by batch.</summary>
    public static IReadOnlyList<Drawing> OfBatches(IReadOnlyList<RunSeries> series) => Of(Batches, series, "Batch", "batches");

    /// <summary>Diagnostics of the policy's updates, one chart each.</summary>
    public static IReadOnlyList<Drawing> OfUpdates(IEnumerable<RunSeries> series) =>
    [
        .. series.Where(one => one.Metric.Axis == SeriesAxis.PolicyVersion && one.X.Count > 0 && IsDrawn(one.Metric.Name))
            .OrderByDescending(one => one.Metric.Name.StartsWith("losses/", StringComparison.Ordinal)).ThenBy(one => one.Metric.Title, StringComparer.Ordinal)
            .Select(one => new Drawing(one.Metric.Title, new("Policy version", one.Metric.Unit, "updates", [new(one.Metric.Title, one.X, one.Y)]))),
    ];

    /// <summary>Counters only grow: the downloads have them.</summary>
    public static bool IsDrawn(string diagnostic) => diagnostic is not ("charts/updates" or "charts/samples" or "charts/gradient_steps");

    public static TimelineChart Of(DecisionTimeline timeline)
    {
        var steps = timeline.Steps;
        return new(
            Group,
            [.. steps.Select(step => step.From)],
            [.. steps.Select(step => step.To)],
            [.. timeline.Methods.Select((method, i) => Of(MethodLook.Of(method), i, steps))],
            [.. Line("α of λ", steps, step => step.LambdaAlpha), .. Line("λ", steps, step => step.LambdaValue)],
            [.. Line("Threshold", steps, step => step.ThresholdCenter)]);
    }

    private static IReadOnlyList<Drawing> Of((string Title, string[] Metrics)[] charts, IReadOnlyList<RunSeries> series, string axis, string linked)
    {
        var byName = series.Where(one => one.X.Count > 0).ToDictionary(one => one.Metric.Name, StringComparer.Ordinal);
        return
        [
            .. from chart in charts
               let lines = chart.Metrics.Where(byName.ContainsKey).Select(name => byName[name]).ToArray()
               where lines.Length > 0
               select new Drawing(chart.Title, new(axis, lines[0].Metric.Unit, linked, [.. lines.Select(line => new ChartLine(Short.GetValueOrDefault(line.Metric.Name, chart.Title), line.X, line.Y))])),
        ];
    }

    private static TimelineMethod Of(MethodLook look, int index, IReadOnlyList<TimelineStep> steps) => new(
        look.Title, look.Color, look.Pattern, [.. steps.Select(step => Finite(step.Shares[index]))], [.. steps.Select(step => Finite(step.Probabilities[index]))]);

    private static IEnumerable<TimelineLine> Line(string name, IReadOnlyList<TimelineStep> steps, Func<TimelineStep, Spread?> of)
    {
        if (steps.Any(step => of(step) is not null))
        {
            yield return new(name, [.. steps.Select(step => of(step)?.Mean)], [.. steps.Select(step => of(step)?.Min)], [.. steps.Select(step => of(step)?.Max)]);
        }
    }

    /// <summary>JSON has no not-a-number.</summary>
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
