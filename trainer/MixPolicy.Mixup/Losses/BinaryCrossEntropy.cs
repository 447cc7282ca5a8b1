using static TorchSharp.torch;

namespace MixPolicy.Mixup.Losses;

/// <summary>The loss that Co-Mixup and PuzzleMix were trained with: PyTorch's <c>BCELoss</c> of a softmax.</summary>
public static class BinaryCrossEntropy
{
    /// <summary>BCELoss cuts its logarithms here.</summary>
    private const double LeastLog = -100;

    /// <summary>Mean over the batch and the classes of −[y·log p + (1 − y)·log(1 − p)], p = softmax(z), logarithms at least −100. A scalar.</summary>
    /// <param name="logits">B×K.</param>
    /// <param name="labels">Soft labels, B×K; every row sums to 1.</param>
    public static Tensor Loss(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var logProbability = nn.functional.log_softmax(logits, 1);
        var complement = 1 - logProbability.exp();

        // log 0 has no gradient to multiply: where p rounds to 1, the cut takes its place.
        var none = complement.le(0);
        var logComplement = complement.masked_fill(none, 1).log().masked_fill(none, LeastLog);
        return ((labels * logProbability.clamp_min(LeastLog)) + ((1 - labels) * logComplement)).mean().neg().MoveToOuterDisposeScope();
    }
}
