using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>What a saliency pass saw. All tensors are detached from the graph and belong to the scope the pass was called in.</summary>
/// <param name="Map">B×H×W, full resolution, un-normalised, never negative.</param>
/// <param name="Logits">B×K, of the clean images.</param>
/// <param name="Loss">Scalar: mean over the batch of (2/K)·CE, the loss whose gradient the map is.</param>
public sealed record SaliencyResult(Tensor Map, Tensor Logits, Tensor Loss)
{
    /// <summary>Gradient of <see cref="Loss"/> with respect to the images: B×C×H×W; null where it was not asked for.</summary>
    public Tensor? Gradient { get; init; }
}
