using System.Text.Json.Serialization;

namespace MixPolicy.Cli.Doctor;

[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    [JsonStringEnumMemberName("ok")]
    Ok,
    [JsonStringEnumMemberName("warning")]
    Warning,
    [JsonStringEnumMemberName("broken")]
    Broken,
}

/// <summary>What one examination found.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="What">What was seen.</param>
/// <param name="Cure">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("verdict")] Verdict Verdict,
    [property: JsonPropertyName("what")] string What,
    [property: JsonPropertyName("cure")] string? Cure = null);
