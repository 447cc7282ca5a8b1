using MixPolicy.Trainer.Training.Batches;

namespace MixPolicy.Trainer.Training;

/// <summary>What one epoch of training gave.</summary>
/// <param name="Images">Images trained on.</param>
/// <param name="TrainLoss">Mean soft cross-entropy of the mixed batches, in nats.</param>
/// <param name="TrainTop1Weighted">λ-weighted accuracy in [0, 1]: the mean weight that the mixed label gives to the predicted class.</param>
/// <param name="GradientNorm">Mean Euclidean norm of the weight gradient, over the steps.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="GradientSimilarity">
/// Cosine in [−1, 1] between the pooled saliency of clean and of mixed batches, mean over the batches it was measured on; null when not asked for.
/// </param>
/// <param name="SecondsTrain">Wall clock of the whole epoch, saliency and mixing included.</param>
/// <param name="SecondsSaliency">Spent on saliency passes.</param>
/// <param name="SecondsMix">Spent on mixing.</param>
public sealed record EpochResult(
    int Images,
    double TrainLoss,
    double TrainTop1Weighted,
    double GradientNorm,
    double LearningRate,
    double? GradientSimilarity,
    double SecondsTrain,
    double SecondsSaliency,
    double SecondsMix)
{
    /// <summary>Of an epoch whose batches were decided one by one; null otherwise.</summary>
    public BatchTally? Batches { get; init; }
}
