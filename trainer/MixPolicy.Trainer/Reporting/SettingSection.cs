using System.Text.Json;
using System.Text.Json.Nodes;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Reporting;

/// <summary>The settings, as stored.</summary>
internal static class SettingSection
{
    internal static string Of(Summary summary)
    {
        var settings = JsonSerializer.SerializeToNode(summary.Options, Json.Line)!.AsObject()
            .Where(entry => entry.Value is not null and not JsonArray { Count: 0 })
            .Select(entry => $"<div><dt>{HtmlReport.Encode(entry.Key.Replace('_', ' '))}</dt><dd>{HtmlReport.Encode(Text(entry.Value!))}</dd></div>");
        return $"""
            <h2>Settings</h2>
            <div class="card"><dl class="settings">{string.Concat(settings)}</dl></div>
            """;
    }

    private static string Text(JsonNode value) => value switch
    {
        JsonArray list => string.Join(", ", list.Select(item => Text(item!))),
        JsonObject entry => string.Join(' ', entry.Select(field => field.Value!.ToString())),
        _ => value.ToString(),
    };
}
