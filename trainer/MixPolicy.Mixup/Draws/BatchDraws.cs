using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Draws;

/// <summary>
/// The scalar draws of one batch, from one draw of a torch generator. A torch call for each of a hundred scalars would cost more than mixing the batch.
/// </summary>
internal static class BatchDraws
{
    extension(RandomStream)
    {
        /// <summary>Takes one draw of 63 bits from the generator, on the generator's device.</summary>
        public static RandomStream From(Generator generator)
        {
            using var scope = NewDisposeScope();
            return new((ulong)randint(0, long.MaxValue, [1], int64, generator.device, generator: generator).cpu().item<long>());
        }
    }

    extension(RandomStream stream)
    {
        /// <summary>True with the given probability. One draw whatever the probability, so that it does not shift those that follow.</summary>
        public bool Happens(double probability) => stream.Uniform() < probability;

        /// <summary>A random partner for every image of a batch: int64, on the images' device.</summary>
        public Tensor Partners(MixupBatch batch) => tensor(stream.Permutation(batch.Size), device: batch.Images.device);

        /// <summary>Beta(α, α) as X / (X + Y) of two Gamma(α) draws, from their logarithms so that a tiny α gives 0 or 1 and never 0 / 0.</summary>
        public double Beta(double alpha)
        {
            var x = stream.LogGamma(alpha);
            var y = stream.LogGamma(alpha);

            // X / (X + Y) = 1 / (1 + exp(ln Y − ln X))
            return 1 / (1 + Math.Exp(y - x));
        }

        /// <summary>The logarithm of a Gamma(shape, 1) draw (Marsaglia and Tsang 2000; below shape 1 boosted by U^(1/shape)).</summary>
        public double LogGamma(double shape)
        {
            if (shape < 1)
            {
                // Gamma(a) = Gamma(a + 1) · U^(1/a), U in (0, 1]
                return stream.LogGamma(shape + 1) + (Math.Log(1 - stream.Uniform()) / shape);
            }

            var d = shape - (1.0 / 3);
            var c = 1 / Math.Sqrt(9 * d);
            while (true)
            {
                var normal = stream.Gaussian();
                var v = Math.Pow(1 + (c * normal), 3);
                if (v > 0 && Math.Log(1 - stream.Uniform()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
                {
                    return Math.Log(d) + Math.Log(v);
                }
            }
        }
    }
}
