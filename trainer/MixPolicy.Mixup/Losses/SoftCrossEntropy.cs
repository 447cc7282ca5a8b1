using static TorchSharp.torch;

namespace MixPolicy.Mixup.Losses;

/// <summary>The loss of a training step, unless a method's authors train with another; and the measure of every step, whatever the method.</summary>
public static class SoftCrossEntropy
{
    /// <summary>Mean over the batch of −Σ_k y_k·log softmax(z)_k. A scalar.</summary>
    /// <param name="logits">B×K.</param>
    /// <param name="labels">Soft labels, B×K; every row sums to 1.</param>
    public static Tensor Loss(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return labels.mul(nn.functional.log_softmax(logits, 1)).sum().div(-logits.shape[0]).MoveToOuterDisposeScope();
    }
}
