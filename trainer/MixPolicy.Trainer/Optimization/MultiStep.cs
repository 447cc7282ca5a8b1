namespace MixPolicy.Trainer.Optimization;

/// <summary>
/// A constant learning rate that is multiplied by <paramref name="factor"/> at every milestone, as PyTorch's MultiStepLR; the momentum is constant.
/// </summary>
/// <param name="milestones">Steps at which the learning rate falls, ascending.</param>
public sealed class MultiStep(double learningRate, IReadOnlyList<long> milestones, double factor = 0.1, double momentum = 0.9) : ISchedule
{
    /// <summary>The initial learning rate in the published training code.</summary>
    public const double PublishedLearningRate = 0.2;

    /// <summary>The published milestones, epochs 150 and 225 of 300: at the same parts of a training of <paramref name="epochs"/>, between two of them.</summary>
    public static MultiStep Published(int epochs, int stepsPerEpoch, double learningRate = PublishedLearningRate) =>
        new(learningRate, [(long)(epochs / 2) * stepsPerEpoch, (long)(epochs * 3 / 4) * stepsPerEpoch]);

    public SgdSettings At(long step) => new(learningRate * Math.Pow(factor, milestones.Count(m => step >= m)), momentum);
}
