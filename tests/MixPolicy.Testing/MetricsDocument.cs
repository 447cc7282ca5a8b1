using System.Text.RegularExpressions;

namespace MixPolicy.Testing;

/// <summary>One line of the tables of metrics in docs/telemetry.md.</summary>
public sealed partial record MetricsDocument(string Name, string Kind, string Unit, IReadOnlyList<string> Labels)
{
    public static IReadOnlyList<MetricsDocument> Read() =>
    [
        .. Line().Matches(File.ReadAllText(Repository.PathOf("docs/telemetry.md"))).Select(line => new MetricsDocument(
            line.Groups["name"].Value,
            line.Groups["kind"].Value,
            line.Groups["unit"].Value,
            [.. Quoted().Matches(line.Groups["labels"].Value).Select(label => label.Groups[1].Value)])),
    ];

    [GeneratedRegex(@"^\| `(?<name>mixpolicy\.[a-z0-9.]+)` \| (?<kind>counter|updowncounter|histogram|gauge) \| `(?<unit>[^`]+)` \|(?<labels>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
