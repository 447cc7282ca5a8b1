using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting.Charts;

namespace MixPolicy.Trainer.Reporting;

/// <summary>How the network learned.</summary>
internal static class CurveSection
{
    internal static string Of(IReadOnlyList<EpochRecord> epochs)
    {
        var bands = DecisionSection.Bands(epochs);
        Series[] losses =
        [
            new("training (mixed)", "var(--d)", Values(epochs, e => e.TrainLoss)),
            new("held-out", "var(--c)", Values(epochs, e => e.HoldoutLoss)),
            new("test", "var(--a)", Values(epochs, e => e.TestLoss)),
        ];
        Series[] accuracies =
        [
            new("training, weighted by λ", "var(--d)", Values(epochs, e => e.TrainTop1Weighted)),
            new("held-out", "var(--c)", Values(epochs, e => e.HoldoutTop1)),
            new("test", "var(--a)", Values(epochs, e => e.TestTop1)),
        ];
        Series[] rates = [new("learning rate", "var(--b)", Values(epochs, e => e.LearningRate))];
        Series[] calibration = [new("test ECE", "var(--a)", Values(epochs, e => e.Ece))];
        return $"""
            <h2>Learning</h2>
            <p>The faint background shows the method of each epoch, in the colours used below.</p>
            <div class="two">
            {Chart("Loss", losses, "0.##", bands, fromZero: true)}
            {Chart("Top-1 accuracy", accuracies, "0%", bands, fromZero: true)}
            {Chart("Learning rate at the end of the epoch", rates, "0.###", bands, fromZero: true)}
            {Chart("Expected calibration error", calibration, "0.00", bands, fromZero: true)}
            </div>
            """;
    }

    internal static List<double?> Values(IReadOnlyList<EpochRecord> epochs, Func<EpochMetrics, double?> value) => [.. epochs.Select(e => value(e.Metrics))];

    private static string Chart(string title, Series[] series, string format, IReadOnlyList<Band> bands, bool fromZero)
    {
        Series[] shown = [.. series.Where(s => s.Finite().Any())];
        var legend = shown.Length > 1 ? HtmlReport.Legend(shown.Select(s => (s.Name, s.Color))) : "";
        return HtmlReport.Card(title, legend, LineChart.Draw(title, shown, Axis.Around(shown, format, fromZero), "epoch", bands));
    }
}
