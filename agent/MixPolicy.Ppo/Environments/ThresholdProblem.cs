using MixPolicy.Ppo.Batches;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>
/// Generated batches whose best thresholds are known: a contextual problem of one step, on which the batch policies are compared.
/// <para>
/// An image's saliency is s_j ∝ exp(κ z_j) with z_j normal and κ uniform in [0.2, 2.2], so it goes from nearly even to concentrated. Let u be the part of
/// it in its P²/4 largest patches. The best bin is round((bins − 1)·(u − 0.3)/0.65), cut to the bins there are. An image's reward is
/// 1 − |bin − best|/(bins − 1), and Gaussian noise of deviation 0.1: the optimum is 1. Logits, losses, partners and λ are random and mean nothing.
/// A policy that draws uniformly earns about 0.63.
/// </para>
/// </summary>
public sealed class ThresholdProblem(int images, int classes, int patches, int bins, RandomStream random)
{
    private const double Noise = 0.1;

    /// <summary>The next batch, and its best bins.</summary>
    public (BatchObservation Observation, int[] Best) Next()
    {
        var (size, saliency, best) = (patches * patches, new float[images * patches * patches], new int[images]);
        for (var image = 0; image < images; image++)
        {
            var sharpness = random.Uniform(0.2, 2.2);
            var weights = Enumerable.Range(0, size).Select(_ => Math.Exp(sharpness * random.Gaussian())).ToArray();
            var sum = weights.Sum();
            for (var j = 0; j < size; j++)
            {
                saliency[(image * size) + j] = (float)(weights[j] / sum);
            }

            var top = weights.OrderDescending().Take(size / 4).Sum() / sum;
            best[image] = (int)Math.Clamp(Math.Round((bins - 1) * (top - 0.3) / 0.65), 0, bins - 1);
        }

        float[] logits = [.. Enumerable.Range(0, images * classes).Select(_ => (float)random.Gaussian())];
        float[] losses = [.. Enumerable.Range(0, images).Select(_ => (float)random.Uniform(0, 4))];
        int[] partners = [.. random.Permutation(images).Select(i => (int)i)];
        return (new(images, classes, patches, saliency, logits, losses, partners, (float)random.Uniform()), best);
    }

    /// <summary>What a choice earns on average.</summary>
    public float Expected(byte bin, int best) => 1 - (MathF.Abs(bin - best) / (bins - 1));

    /// <summary>What the choices for a batch earn, one an image.</summary>
    public float[] Rewards(byte[] chosen, int[] best) => [.. chosen.Zip(best, (bin, right) => (float)(Expected(bin, right) + (Noise * random.Gaussian())))];
}
