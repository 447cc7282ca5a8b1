using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

namespace MixPolicy.Testing;

/// <summary>One golden file: <c>case</c>, <c>area</c>, <c>meta</c>, <c>inputs</c>, <c>outputs</c> (see tests/golden/README.md).</summary>
public sealed class GoldenCase
{
    private GoldenCase(JsonElement root) => (Meta, Inputs, Outputs) = (root.GetProperty("meta"), root.GetProperty("inputs"), root.GetProperty("outputs"));

    public JsonElement Meta { get; }

    public JsonElement Inputs { get; }

    public JsonElement Outputs { get; }

    public static GoldenCase Read(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    /// <summary>A recorded tensor, with its recorded type.</summary>
    public static Tensor Tensor(JsonElement element)
    {
        var shape = element.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        var data = element.GetProperty("data");
        return element.GetProperty("dtype").GetString() switch
        {
            "float32" => tensor(data.EnumerateArray().Select(Single).ToArray(), shape),
            "float64" => tensor(data.EnumerateArray().Select(Number).ToArray(), shape),
            "int32" => tensor(data.EnumerateArray().Select(e => e.GetInt32()).ToArray(), shape),
            "int64" => tensor(data.EnumerateArray().Select(e => e.GetInt64()).ToArray(), shape),
            "bool" => tensor(data.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.True || (e.ValueKind == JsonValueKind.Number && e.GetInt32() != 0)).ToArray(), shape),
            var other => throw new InvalidDataException($"golden tensor of unknown dtype '{other}'"),
        };
    }

    /// <summary>A plain number, where Infinity and NaN are strings.</summary>
    public static double Number(JsonElement e) =>
        e.ValueKind == JsonValueKind.String ? double.Parse(e.GetString()!, CultureInfo.InvariantCulture) : e.GetDouble();

    private static float Single(JsonElement e) =>
        e.ValueKind == JsonValueKind.String ? float.Parse(e.GetString()!, CultureInfo.InvariantCulture) : e.GetSingle();
}
