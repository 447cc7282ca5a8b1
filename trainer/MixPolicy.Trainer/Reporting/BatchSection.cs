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
            <div class="two">
            {Chart("Time spent waiting for decisions", waits, "0.0%")}
            {Chart("Policy updates before the epoch's last decision", versions, "0")}
            </div>
            """;
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
