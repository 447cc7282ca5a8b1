using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>The channels-last memory order, which TorchSharp has no name for; convolutions are faster in it on CPUs and GPUs.</summary>
public static class ChannelsLast
{
    /// <summary>The same (B, C, H, W) values with C the fastest-moving dimension in memory.</summary>
    public static Tensor Of(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
