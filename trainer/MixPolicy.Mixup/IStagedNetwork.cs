using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>A network that shows its stages, for methods that mix hidden representations (manifold mixup).</summary>
public interface IStagedNetwork
{
    /// <summary>Places where a batch can be mixed, at least 1: place 0 is the input, place s is after stage s.</summary>
    int Places { get; }

    /// <summary>The forward pass with <paramref name="mix"/> applied once, at <paramref name="place"/>.</summary>
    /// <param name="images">B×C×H×W.</param>
    /// <param name="place">In [0, <see cref="Places"/>).</param>
    /// <param name="mix">Takes the representation at that place, B×…, and gives one of the same shape; gradients flow through it.</param>
    /// <returns>Logits, B×K.</returns>
    Tensor Forward(Tensor images, int place, Func<Tensor, Tensor> mix);
}
