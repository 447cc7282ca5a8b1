using static TorchSharp.torch;

namespace MixPolicy.Torch.Safetensors;

/// <summary>An element type that both safetensors and TorchSharp have.</summary>
/// <param name="Name">As it is written in the header.</param>
/// <param name="Scalar">TorchSharp's name.</param>
/// <param name="Bytes">Size of one element.</param>
internal sealed record SafetensorsType(string Name, ScalarType Scalar, int Bytes)
{
    public static IReadOnlyList<SafetensorsType> All { get; } =
    [
        new("F64", ScalarType.Float64, 8),
        new("I64", ScalarType.Int64, 8),
        new("F32", ScalarType.Float32, 4),
        new("I32", ScalarType.Int32, 4),
        new("F16", ScalarType.Float16, 2),
        new("BF16", ScalarType.BFloat16, 2),
        new("I16", ScalarType.Int16, 2),
        new("I8", ScalarType.Int8, 1),
        new("U8", ScalarType.Byte, 1),
        new("BOOL", ScalarType.Bool, 1),
    ];

    public static string Names { get; } = string.Join(", ", All.Select(type => type.Name));
}
