using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>Where the network itself looks: how much its last feature maps answer to each place, for methods that cut by attention (AttentiveMix).</summary>
public static class FeatureMap
{
    /// <summary>
    /// The mean over channels of |features| after the network's last stage, by a forward pass without gradients, in training mode; running statistics are
    /// put back.
    /// </summary>
    /// <param name="network">A network that is an <see cref="IStagedNetwork"/>, with feature maps B×C×h×w at its last place.</param>
    /// <param name="images">B×C×H×W.</param>
    /// <returns>B×h×w, never negative, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The network does not show its stages, or its last place has no maps.</exception>
    public static Tensor Compute(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        var staged = network as IStagedNetwork ?? throw new ArgumentException(
            $"{network.GetName()} does not show its stages; feature maps need a network that is an {nameof(IStagedNetwork)}", nameof(network));
        return TrainingMode.Untouched(network, () =>
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            Tensor? map = null;
            staged.Forward(images, staged.Places - 1, features =>
            {
                map = features.ndim == 4
                    ? features.abs().mean([1]).DetachFromDisposeScope() // the network's own scope ends with its forward pass
                    : throw new ArgumentException($"the last place of {network.GetName()} has [{string.Join(", ", features.shape)}]; feature maps are B×C×h×w", nameof(network));
                return features;
            });
            scope.Attach(map!);
            return map!.MoveToOuterDisposeScope();
        });
    }
}
