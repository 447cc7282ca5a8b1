using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>One step of gradient descent.</summary>
public static class TrainingStep
{
    /// <summary>Forward, backward, update.</summary>
    /// <param name="network">In training mode.</param>
    /// <param name="images">B×3×H×W, mixed.</param>
    /// <param name="labels">Soft labels, B×K.</param>
    /// <returns>
    /// The loss before the update, the summed weight that the labels give to the predicted classes, and the norm of the gradient. A loss that is not finite is
    /// returned without an update.
    /// </returns>
    public static (double Loss, double Top1, double GradientNorm) Run(
        nn.Module<Tensor, Tensor> network, Sgd optimizer, SgdSettings settings, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var logits = network.call(ChannelsLast.Of(images));
        var loss = SoftCrossEntropy.Loss(logits, labels);
        var value = (double)loss.cpu().item<float>();
        if (!double.IsFinite(value))
        {
            return (value, 0, 0);
        }

        loss.backward();
        var norm = optimizer.GradientNorm().cpu().item<float>();
        if (!double.IsFinite(norm))
        {
            return (value, 0, norm);
        }

        optimizer.Step(settings);
        var top1 = labels.gather(1, logits.detach().argmax(1, keepdim: true)).sum().cpu().item<float>();
        return (value, top1, norm);
    }
}
