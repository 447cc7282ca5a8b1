using MixPolicy.Client;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting.Charts;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Reporting;

/// <summary>What the agent chose, how sure it was, and what it got for it. All charts share the x axis.</summary>
internal static class DecisionSection
{
    private const double Width = 1060;

    internal static string Of(IReadOnlyList<EpochRecord> epochs)
    {
        var used = MethodNames.All.Where(method => epochs.Any(e => e.Metrics.Method == method));
        return $"""
            <h2>Decisions</h2>
            <p>{(epochs.Any(e => e.Metrics.BatchesDecided is not null)
                ? "One decision a batch: at which percentile of its saliency each image is cut. Shown are means of each epoch."
                : "One decision an epoch: a method, how its mixing ratio λ is drawn, and around which saliency percentile its masks are cut.")}</p>
            {HtmlReport.Card("Method of each epoch", HtmlReport.Legend(used.Select(m => (m, MethodColors.Of(m)))), Ribbon.Draw("Method of each epoch", Bands(epochs), epochs.Count, "epoch", Width, 68))}
            {Probabilities(epochs)}
            {Alpha(epochs)}
            {Lambda(epochs)}
            {Threshold(epochs)}
            {Rewards(epochs)}
            """;
    }

    /// <summary>A band for each epoch, with the choice as its tooltip.</summary>
    internal static List<Band> Bands(IReadOnlyList<EpochRecord> epochs) =>
    [
        .. epochs.Select(e => new Band(
            e.Metrics.Epoch, e.Metrics.Epoch + 1, MethodColors.Of(e.Metrics.Method),
            $"epoch {e.Metrics.Epoch}: {Choices.Text(e.ReadChoice())}{e.Metrics.Deviation}")),
    ];

    private static string Probabilities(IReadOnlyList<EpochRecord> epochs)
    {
        var distributions = epochs.Select(e => e.ReadDecision()?.Distribution?.Methods.ToDictionary(m => MethodNames.Of(m.Method), m => m.Probability) ?? []).ToArray();
        Series[] shares =
        [
            .. MethodNames.All.Where(method => distributions.Any(d => d.ContainsKey(method)))
                .Select(method => new Series(method, MethodColors.Of(method), [.. distributions.Select(d => d.TryGetValue(method, out var p) ? p : (double?)null)])),
        ];
        return shares.Length < 2
            ? ""
            : HtmlReport.Card("How likely the policy held each method", HtmlReport.Legend(shares.Select(s => (s.Name, s.Color))), StackedChart.Draw("Probability of each method by epoch", shares, "epoch", Width, 190));
    }

    private static string Alpha(IReadOnlyList<EpochRecord> epochs)
    {
        var values = CurveSection.Values(epochs, e => e.LambdaAlpha);
        var series = new Series("α", "var(--a)", values) { DotsOnly = true };
        if (!series.Finite().Any())
        {
            return "";
        }

        var axis = new Axis(Math.Min(0.1, series.Finite().Min()), Math.Max(4, series.Finite().Max()), true, "0.##");
        return HtmlReport.Card("α of λ ~ Beta(α, α): small mixes little, large mixes half and half", "", LineChart.Draw("alpha by epoch", [series], axis, "epoch", Bands(epochs), Width, 170));
    }

    private static string Lambda(IReadOnlyList<EpochRecord> epochs)
    {
        var series = new Series("λ", "var(--a)", CurveSection.Values(epochs, e => e.Lambda)) { DotsOnly = true };
        return series.Finite().Any()
            ? HtmlReport.Card("Fixed λ", "", LineChart.Draw("lambda by epoch", [series], new(0, 1, false, "0.##"), "epoch", Bands(epochs), Width, 170))
            : "";
    }

    private static string Threshold(IReadOnlyList<EpochRecord> epochs)
    {
        var series = new Series("threshold", "var(--b)", CurveSection.Values(epochs, e => e.Threshold))
        {
            DotsOnly = true,
            Spread = [.. epochs.Select(e => HalfSpread(e.ReadChoice()))],
        };
        return series.Finite().Any()
            ? HtmlReport.Card("Saliency percentile: where each image's mask is cut, with the spread over images", "", LineChart.Draw("threshold by epoch", [series], new(0, 1, false, "0.##"), "epoch", Bands(epochs), Width, 170))
            : "";
    }

    private static string Rewards(IReadOnlyList<EpochRecord> epochs)
    {
        var reward = new Series("reward", "var(--c)", CurveSection.Values(epochs, e => e.Reward));
        if (!reward.Finite().Any())
        {
            return "";
        }

        var value = new Series("the policy's estimate of what is to come", "var(--d)", [.. epochs.Select(e => e.ReadDecision()?.Value)]);
        Series[] shown = value.Finite().Any(v => v != 0) ? [reward, value] : [reward];
        return HtmlReport.Card("Reward", HtmlReport.Legend(shown.Select(s => (s.Name, s.Color))), LineChart.Draw("Reward by epoch", shown, Axis.Around(shown, "0.##", fromZero: true), "epoch", Bands(epochs), Width, 210));
    }

    private static double? HalfSpread(Choice choice) => choice.ThresholdCase switch
    {
        Choice.ThresholdOneofCase.ThresholdBand => choice.ThresholdBand.Spread / 2,
        Choice.ThresholdOneofCase.ThresholdGrid => 0.495,
        _ => null,
    };
}
