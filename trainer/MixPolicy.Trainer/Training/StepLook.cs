using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>What a training step shall show of itself beside its result. The tensors are detached and belong to the scope the step was called in.</summary>
/// <param name="wantsSaliency">At the price of the input's share of the backward pass.</param>
/// <param name="wantsFeatures">The network must be an <see cref="Mixup.IStagedNetwork"/>.</param>
public sealed class StepLook(bool wantsSaliency = false, bool wantsFeatures = false)
{
    public bool WantsSaliency { get; } = wantsSaliency;

    public bool WantsFeatures { get; } = wantsFeatures;

    /// <summary>√(mean over channels of the squared gradient) of the minimised loss at the mixed images, B×H×W, un-normalised.</summary>
    public Tensor? Saliency { get; internal set; }

    /// <summary>What the last layer saw: B×D.</summary>
    public Tensor? Features { get; internal set; }

    /// <summary>Of the mixed images, B×K, before the update.</summary>
    public Tensor? Logits { get; internal set; }
}
