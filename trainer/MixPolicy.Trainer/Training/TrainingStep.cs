using MixPolicy.Mixup;
using MixPolicy.Mixup.Losses;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>One step of gradient descent.</summary>
public static class TrainingStep
{
    /// <summary>Forward, backward, update. Gradients that are there already, of the clean loss, count in the update.</summary>
    /// <param name="network">In training mode; an <see cref="IStagedNetwork"/> where the batch is to be mixed inside it.</param>
    /// <param name="mixed">Images B×3×H×W, soft labels B×K.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="look">Filled with what it asks for; left empty where there is no update.</param>
    /// <returns>
    /// The soft cross-entropy before the update, whatever is minimised, so that methods compare; the summed weight that the labels give to the predicted classes;
    /// and the norm of the gradient. Where one of them is not finite there is no update.
    /// </returns>
    public static (double Loss, double Top1, double GradientNorm) Run(
        nn.Module<Tensor, Tensor> network, Sgd optimizer, SgdSettings settings, MixedBatch mixed, MixupLoss loss, StepLook? look = null)
    {
        using var scope = NewDisposeScope();
        var wantsSaliency = look is { WantsSaliency: true };
        var images = ChannelsLast.Of(mixed.Images).detach().requires_grad_(wantsSaliency);
        Tensor? features = null;
        var logits = look is { WantsFeatures: true } ? LastFeatures.Forward(network, images, out features) : MixedForward.Of(network, mixed)(images);
        var (measured, minimised) = Losses(logits, mixed.Labels, loss);
        var value = (double)measured.cpu().item<float>();
        if (!double.IsFinite(value))
        {
            return (value, 0, 0);
        }

        minimised.backward();
        var norm = optimizer.GradientNorm().cpu().item<float>();
        if (!double.IsFinite(norm))
        {
            return (value, 0, norm);
        }

        if (look is not null)
        {
            look.Saliency = wantsSaliency ? images.grad!.square().mean([1]).sqrt().contiguous().MoveToOuterDisposeScope() : null;
            look.Features = features?.MoveToOuterDisposeScope();
            look.Logits = logits.detach().MoveToOuterDisposeScope();
        }

        optimizer.Step(settings);
        var top1 = mixed.Labels.gather(1, logits.detach().argmax(1, keepdim: true)).sum().cpu().item<float>();
        return (value, top1, norm);
    }

    private static (Tensor Measured, Tensor Minimised) Losses(Tensor logits, Tensor labels, MixupLoss loss)
    {
        if (loss == MixupLoss.BinaryCrossEntropy)
        {
            return (SoftCrossEntropy.Loss(logits.detach(), labels), BinaryCrossEntropy.Loss(logits, labels));
        }

        var entropy = SoftCrossEntropy.Loss(logits, labels);
        return (entropy, entropy);
    }
}
