using System.Globalization;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting.Charts;

namespace MixPolicy.Trainer.Reporting;

/// <summary>What deciding batch by batch cost, and where the agent was not there; empty for policies that decide epochs.</summary>
internal static class BatchSection
{
    internal static string Of(IReadOnlyList<EpochRecord> epochs)
    {
        if (!epochs.Any(e => e.Metrics.BatchesDecided is not null))
        {
            return "";
        }

        Series[] waits = [new("share of the epoch", "var(--d)", CurveSection.Values(epochs, e => e.WaitShare))];
        Series[] versions = [new("policy updates", "var(--b)", CurveSection.Values(epochs, e => e.PolicyVersion))];
        return $"""
            <h2>Batch decisions</h2>
            <p>{Words(epochs)}</p>
            {Rewards(epochs)}
            <div class="two">
            {Chart("Time spent waiting for decisions", waits, "0.0%")}
            {Chart("Policy updates before the epoch's last decision", versions, "0")}
            </div>
            """;
    }

    /// <summary>Along the batches of the whole training, a line an epoch.</summary>
    private static string Rewards(IReadOnlyList<EpochRecord> epochs)
    {
        const double Width = 1060;
        var curves = epochs.Select(e => e.BatchRewards?.Means ?? []).ToList();
        var points = curves.SelectMany(means => means.Count == 0 ? [] : means.Select(mean => (double?)mean).Append(null)).ToList();
        if (!points.Any(point => point is not null))
        {
            return "";
        }

        var segment = epochs.Max(e => e.BatchRewards?.Segment ?? 1);
        var reward = new Series("reward", "var(--c)", points);
        var note = segment == 1 ? "Each point is a batch; a line is an epoch." : $"Each point is the mean of {segment} batches; a line is an epoch.";
        return HtmlReport.Card("Reward by batch", $"<p>{note}</p>", LineChart.Draw("Reward by batch", [reward], Axis.Around([reward], "0.00"), "point", width: Width));
    }

    private static string Chart(string title, Series[] series, string format) => series[0].Finite().Any()
        ? HtmlReport.Card(title, "", LineChart.Draw(title, series, Axis.Around(series, format, fromZero: true), "epoch"))
        : "";

    private static string Words(IReadOnlyList<EpochRecord> epochs)
    {
        int Sum(Func<EpochMetrics, int?> count) => epochs.Sum(e => count(e.Metrics) ?? 0);
        var (published, unasked) = (Sum(e => e.BatchesPublished), Sum(e => e.BatchesUnasked));
        var away = published == 0 ? "" : $" For {published} the agent was away: they were mixed by the published draw and taught it nothing.";
        var odd = unasked == 0 ? "" : $" {unasked} were of a size that the policy does not take, and mixed by the published draw.";
        return string.Create(CultureInfo.InvariantCulture, $"{Sum(e => e.BatchesDecided)} batches were mixed as the agent decided.{away}{odd}");
    }
}
