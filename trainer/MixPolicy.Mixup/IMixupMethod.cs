using MixPolicy.Mixup.Losses;
using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>A way to mix a batch. Implementations keep no state: the result is a function of the arguments and the generator's state.</summary>
public interface IMixupMethod
{
    /// <summary>The name of the method on the wire and on the command line.</summary>
    string Name { get; }

    /// <summary>Whether <see cref="MixParameters.Lambda"/> has a say.</summary>
    bool UsesLambda { get; }

    /// <summary>Whether <see cref="MixParameters.Threshold"/> has a say.</summary>
    bool UsesThreshold { get; }

    /// <summary>Whether <see cref="MixupBatch.Saliency"/> must be there.</summary>
    bool NeedsSaliency { get; }

    /// <summary>Whether <see cref="MixupBatch.Features"/> must be there.</summary>
    bool NeedsFeatures => false;

    /// <summary>Whether <see cref="MixupBatch.Gradient"/> must be there.</summary>
    bool NeedsGradient => false;

    /// <summary>
    /// What the loss on the clean images counts in training, beside the loss on the mixed ones; 0 for not at all. The saliency pass computes it anyway: its
    /// weight gradients, times this, are kept.
    /// </summary>
    double CleanLossWeight => 0;

    /// <summary>The loss that the method's authors train with on the mixed batch.</summary>
    MixupLoss Loss => MixupLoss.SoftCrossEntropy;

    /// <summary>The settings its authors published for CIFAR.</summary>
    MixParameters Published { get; }

    /// <summary>
    /// Mixes a batch. Takes exactly one draw from <paramref name="generator"/> whatever happens (none for vanilla) and derives all others from it,
    /// so that the generator's later draws do not depend on the method's inner workings.
    /// </summary>
    /// <exception cref="ArgumentException">The batch's shapes, types or devices do not fit, or it lacks what the method needs (saliency, features, gradient).</exception>
    MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator);
}
