using System.Text.Json.Nodes;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>What a training wrote.</summary>
internal static class RunFiles
{
    /// <summary>The lines of metrics.jsonl; none while it is not there.</summary>
    public static IReadOnlyList<JsonObject> Metrics(string folder)
    {
        var file = Path.Combine(folder, "metrics.jsonl");
        return File.Exists(file) ? [.. File.ReadAllLines(file).Select(line => JsonNode.Parse(line)!.AsObject())] : [];
    }

    /// <summary>The lines as text, without what the clock says.</summary>
    public static IReadOnlyList<string> Repeatable(string folder) => [.. Metrics(folder).Select(line =>
    {
        foreach (var clock in line.Select(field => field.Key).Where(name => name.StartsWith("seconds_", StringComparison.Ordinal)).ToArray())
        {
            line.Remove(clock);
        }

        return line.ToJsonString();
    })];

    public static JsonObject Summary(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "summary.json")))!.AsObject();

    /// <summary>Weights after the last epoch, as bytes.</summary>
    public static byte[] LastWeights(string folder)
    {
        var last = Directory.GetDirectories(Path.Combine(folder, "checkpoints"), "step-*").Order(StringComparer.Ordinal).Last();
        return File.ReadAllBytes(Path.Combine(last, "network.safetensors"));
    }
}
