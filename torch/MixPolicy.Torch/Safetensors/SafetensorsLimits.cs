namespace MixPolicy.Torch.Safetensors;

/// <summary>Bounds that no honest file of ours comes near; they keep a hostile one from costing memory or time before it is refused.</summary>
internal static class SafetensorsLimits
{
    public const int HeaderBytes = 16 << 20;
    public const int Tensors = 65_536;
    public const int NameLength = 1_024;
    public const int Dimensions = 64;

    /// <summary>TorchSharp gives the bytes of a tensor as one span.</summary>
    public const long TensorBytes = int.MaxValue;
}
