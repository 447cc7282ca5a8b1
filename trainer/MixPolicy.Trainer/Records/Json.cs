using System.Text.Json;
using System.Text.Json.Serialization;

namespace MixPolicy.Trainer.Records;

/// <summary>How the records are written: snake_case, a line or indented.</summary>
internal static class Json
{
    internal static readonly JsonSerializerOptions Line = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    internal static readonly JsonSerializerOptions Indented = new(Line) { WriteIndented = true };
}
