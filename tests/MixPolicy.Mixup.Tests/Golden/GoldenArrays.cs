using System.Text.Json;
using MixPolicy.Testing;

namespace MixPolicy.Mixup.Tests.Golden;

/// <summary>Golden numbers as plain arrays, for code that works without tensors.</summary>
internal static class GoldenArrays
{
    /// <summary>The inputs of a file with the outputs that belong to them.</summary>
    public static IEnumerable<(JsonElement Input, JsonElement Output)> Pairs(string path)
    {
        var golden = GoldenCase.Read(path);
        var (inputs, outputs) = (golden.Inputs.EnumerateArray().ToArray(), golden.Outputs.EnumerateArray().ToArray());
        inputs.Length.ShouldBe(outputs.Length);
        inputs.ShouldNotBeEmpty();
        return inputs.Zip(outputs);
    }

    public static int[] Shape(JsonElement element, string name) => [.. element.GetProperty(name).GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())];

    public static float[] Floats(JsonElement element, string name) => FloatsOf(element.GetProperty(name));

    public static float[] FloatsOf(JsonElement tensor) => [.. tensor.GetProperty("data").EnumerateArray().Select(e => (float)GoldenCase.Number(e))];

    public static int[] Ints(JsonElement element, string name) => IntsOf(element.GetProperty(name));

    public static int[] IntsOf(JsonElement tensor) => [.. tensor.GetProperty("data").EnumerateArray().Select(e => e.GetInt32())];

    /// <summary>cells×inputs of 0, ½ and 1.</summary>
    public static float[] Masks(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int inputs)
    {
        var mask = new float[first.Length * inputs];
        for (var cell = 0; cell < first.Length; cell++)
        {
            mask[(cell * inputs) + first[cell]] += 0.5f;
            mask[(cell * inputs) + second[cell]] += 0.5f;
        }

        return mask;
    }
}
