using MixPolicy.Mixup;
using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>The forward pass that a mixed batch asks for.</summary>
internal static class MixedForward
{
    /// <summary>The network's own; with <see cref="MixedBatch.Place"/>, the one that mixes the representations there.</summary>
    /// <exception cref="ArgumentException">The network does not show the stages that the batch is to be mixed at.</exception>
    internal static Func<Tensor, Tensor> Of(nn.Module<Tensor, Tensor> network, MixedBatch mixed)
    {
        if (mixed.Place is not { } place)
        {
            return network.call;
        }

        var staged = network as IStagedNetwork
            ?? throw new ArgumentException($"{network.GetName()} does not show its stages; to mix inside a network it must be an {nameof(IStagedNetwork)}", nameof(network));
        return images => staged.Forward(images, place, hidden => ManifoldMixup.MixHidden(hidden, mixed));
    }
}
