using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MixPolicy.Benchmarks;

/// <summary>One line of output. Times are milliseconds of wall clock.</summary>
public sealed record Measurement(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("median_ms")] double? MedianMs = null,
    [property: JsonPropertyName("p99_ms")] double? P99Ms = null,
    [property: JsonPropertyName("ratio")] double? Ratio = null,
    [property: JsonPropertyName("against")] string? Against = null,
    [property: JsonPropertyName("runs")] int? Runs = null,
    [property: JsonPropertyName("value")] double? Value = null,
    [property: JsonPropertyName("note")] string? Note = null)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Times <paramref name="run"/> after <paramref name="warmUp"/> runs that do not count.</summary>
    public static Measurement Time(string name, Action run, int runs, int warmUp = 2)
    {
        var samples = new double[runs];
        for (var i = -warmUp; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            if (i >= 0)
            {
                samples[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        return FromSamples(name, samples);
    }

    /// <summary>The median and the 99th percentile (nearest rank) of samples in milliseconds.</summary>
    public static Measurement FromSamples(string name, double[] samples)
    {
        var sorted = samples.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(name, median, sorted[(int)Math.Ceiling(0.99 * sorted.Length) - 1], Runs: samples.Length);
    }

    /// <summary>The same measurement with its ratio to a reference of the same run.</summary>
    public Measurement Over(Measurement reference) => this with { Ratio = MedianMs / reference.MedianMs, Against = reference.Name };

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}
