namespace MixPolicy.Trainer.Optimization;

/// <summary>
/// The one-cycle schedule (Smith and Topin 2019) as PyTorch's OneCycleLR with cosine annealing computes it: the learning rate climbs from max/div to max
/// over the first <paramref name="percentUp"/> of the steps, then falls to max/div/finalDiv; momentum goes the other way round.
/// </summary>
/// <param name="maxLearningRate">Peak of the learning rate.</param>
/// <param name="totalSteps">Steps in the cycle (≥ 2).</param>
/// <param name="div">Peak over initial learning rate.</param>
/// <param name="percentUp">Part of the steps that climb, in (0, 1).</param>
/// <param name="finalDiv">Initial over final learning rate.</param>
public sealed class OneCycle(
    double maxLearningRate,
    long totalSteps,
    double div = 100,
    double percentUp = 0.3,
    double finalDiv = 10_000,
    double baseMomentum = 0.85,
    double maxMomentum = 0.95) : ISchedule
{
    /// <summary>The peak in the published training code.</summary>
    public const double PublishedMaxLearningRate = 0.29947526988779305;

    private readonly long _last = totalSteps >= 2
        ? totalSteps - 1
        : throw new ArgumentOutOfRangeException(nameof(totalSteps), totalSteps, "a cycle must have 2 steps or more");

    public SgdSettings At(long step)
    {
        var (initial, final) = (maxLearningRate / div, maxLearningRate / div / finalDiv);
        var now = (double)Math.Clamp(step, 0, _last);
        var peak = (percentUp * totalSteps) - 1;
        if (now <= peak)
        {
            var up = now / peak;
            return new(Anneal(initial, maxLearningRate, up), Anneal(maxMomentum, baseMomentum, up));
        }

        var down = (now - peak) / (_last - peak);
        return new(Anneal(maxLearningRate, final, down), Anneal(baseMomentum, maxMomentum, down));
    }

    // end + (start − end)/2 · (1 + cos π·part)
    private static double Anneal(double start, double end, double part) => end + ((start - end) / 2 * (1 + Math.Cos(Math.PI * part)));
}
