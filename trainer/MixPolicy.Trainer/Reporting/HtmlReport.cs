using System.Globalization;
using System.Net;
using System.Text;
using MixPolicy.Trainer.Display;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Reporting;

/// <summary><c>report.html</c>: one file without references to anything outside, light and dark.</summary>
internal static class HtmlReport
{
    internal static void Write(string path, ReportContent content) => AtomicFile.Write(path, Page(content));

    internal static string Page(ReportContent content)
    {
        var summary = content.Summary;
        var title = $"{summary.Options.Dataset}, {summary.Options.Model}, {summary.Options.Policy} policy";
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(title)} · MixPolicy</title>
            <style>
            {Style()}
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>{Encode(title)}</h1>
            <p>{Encode(Lead(content))}</p>
            </header>
            {Tiles(content)}
            {FallbackNote(content.Epochs)}
            {CurveSection.Of(content.Epochs)}
            {DecisionSection.Of(content.Epochs)}
            {BatchSection.Of(content.Epochs)}
            {UpdateSection.Of(content.Updates)}
            {PictureSection.Of(content.Pictures)}
            {EpochTable.Of(content.Epochs, summary.BestEpoch)}
            {SettingSection.Of(summary)}
            <footer>Written by MixPolicy{(summary.Commit is { } commit ? $" at commit {Encode(commit)}" : "")}. Epochs count from 0; losses are mean cross-entropies in nats.</footer>
            </main>
            </body>
            </html>

            """;
    }

    internal static string Encode(string text) => WebUtility.HtmlEncode(text);

    internal static string Number(double? value, string format) => value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) : "–";

    internal static string Legend(IEnumerable<(string Name, string Color)> entries) =>
        $"<div class=\"legend\">{string.Concat(entries.Select(e => $"<span><i style=\"background:{e.Color}\"></i>{Encode(e.Name)}</span>"))}</div>";

    internal static string Card(string title, string legend, string body) => $"<div class=\"card\"><h3>{Encode(title)}</h3>{legend}{body}</div>";

    private static string Lead(ReportContent content) => string.Create(
        CultureInfo.InvariantCulture,
        $"Seed {content.Summary.Options.Seed}, {content.Epochs.Count} epochs on {content.Summary.Device}. The best epoch is chosen by {(content.Epochs.Any(e => e.Metrics.HoldoutTop1 is not null) ? "the accuracy on held-out training images" : "its place at the end")}; the test set is only measured.");

    private static string Tiles(ReportContent content)
    {
        var summary = content.Summary;
        var tiles = new StringBuilder();
        void Tile(string value, string label) => tiles.Append(CultureInfo.InvariantCulture, $"<div class=\"tile\"><b>{Encode(value)}</b><span>{Encode(label)}</span></div>");
        Tile(Number(summary.TestTop1, "0.0%"), "test top-1");
        Tile(Number(summary.TestTop5, "0.0%"), "test top-5");
        Tile(Number(summary.Ece, "0.000"), "calibration error (ECE)");
        Tile(Number(summary.BestEpoch, "0"), "best epoch");
        Tile(Number(summary.Decisions, "0"), "decisions followed");
        Tile(EpochLine.Duration(TimeSpan.FromSeconds(summary.Seconds)), "wall-clock time");
        return $"<div class=\"tiles\">{tiles}</div>";
    }

    private static string FallbackNote(IReadOnlyList<EpochRecord> epochs)
    {
        var missed = epochs.Where(e => e.Metrics.Fallback).Select(e => e.Metrics.Epoch).ToArray();
        return missed.Length == 0
            ? ""
            : $"<p class=\"note\" style=\"margin-top:16px\">The agent was away for {missed.Length} of {epochs.Count} epochs ({string.Join(", ", missed)}): they ran under the fallback, the last choice, and taught the policy nothing.</p>";
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("MixPolicy.Trainer.Reporting.report.css")
            ?? throw new InvalidOperationException("report.css is not embedded in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
