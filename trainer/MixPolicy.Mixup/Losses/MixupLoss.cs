namespace MixPolicy.Mixup.Losses;

/// <summary>A loss over soft labels, mean over the batch.</summary>
public enum MixupLoss
{
    /// <summary>−Σ_k y_k·log softmax(z)_k.</summary>
    SoftCrossEntropy,

    /// <summary>Mean over the classes of the binary cross-entropy of softmax(z)_k against y_k, as Co-Mixup and PuzzleMix are trained.</summary>
    BinaryCrossEntropy,
}
