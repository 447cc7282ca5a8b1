using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>A forward pass that shows what the network's last layer sees: the maps after the last stage, averaged over places.</summary>
internal static class LastFeatures
{
    /// <param name="images">B×C×H×W.</param>
    /// <param name="features">B×D, detached; in the caller's dispose scope, like the logits.</param>
    /// <returns>Logits B×K, with their graph.</returns>
    /// <exception cref="ArgumentException">The network does not show its stages.</exception>
    internal static Tensor Forward(nn.Module<Tensor, Tensor> network, Tensor images, out Tensor features)
    {
        var staged = network as IStagedNetwork
            ?? throw new ArgumentException($"{network.GetName()} does not show its stages; to see its last features it must be an {nameof(IStagedNetwork)}", nameof(network));
        using var scope = NewDisposeScope();
        Tensor? seen = null;
        var logits = staged.Forward(images, staged.Places - 1, maps =>
        {
            // Out of the network's own scope, which ends with its pass.
            seen = maps.detach().mean([2, 3]).DetachFromDisposeScope();
            return maps;
        });
        scope.Attach(seen!);
        features = seen!.MoveToOuterDisposeScope();
        return logits.MoveToOuterDisposeScope();
    }
}
