using static TorchSharp.torch;

namespace MixPolicy.Mixup.Draws;

/// <summary>
/// The scalar draws of one batch, from one draw of a torch generator: xoshiro256** (Blackman and Vigna 2021) seeded through SplitMix64. A torch call
/// for each of a hundred scalars would cost more than mixing the batch.
/// </summary>
internal sealed class RandomStream
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public RandomStream(ulong seed) => (_a, _b, _c, _d) = (SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed), SplitMix(ref seed));

    /// <summary>Takes one draw of 63 bits from the generator, on the generator's device.</summary>
    public static RandomStream From(Generator generator)
    {
        using var scope = NewDisposeScope();
        return new((ulong)randint(0, long.MaxValue, [1], int64, generator.device, generator: generator).cpu().item<long>());
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in {0, …, count − 1}. The bias of the multiplication, below count / 2⁶⁴, is of no consequence.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>True with the given probability. One draw whatever the probability, so that it does not shift those that follow.</summary>
    public bool Happens(double probability) => Unit() < probability;

    /// <summary>A random partner for every image of a batch: int64, on the images' device.</summary>
    public Tensor Partners(MixupBatch batch) => tensor(Permutation(batch.Size), device: batch.Images.device);

    /// <summary>A uniformly random order of 0, …, count − 1 (Fisher and Yates).</summary>
    public long[] Permutation(int count)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], i);
        }

        return order;
    }

    /// <summary>Beta(α, α) as X / (X + Y) of two Gamma(α) draws, from their logarithms so that a tiny α gives 0 or 1 and never 0 / 0.</summary>
    public double Beta(double alpha)
    {
        var x = LogGamma(alpha);
        var y = LogGamma(alpha);

        // X / (X + Y) = 1 / (1 + exp(ln Y − ln X))
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>The logarithm of a Gamma(shape, 1) draw (Marsaglia and Tsang 2000; below shape 1 boosted by U^(1/shape)).</summary>
    private double LogGamma(double shape)
    {
        if (shape < 1)
        {
            // Gamma(a) = Gamma(a + 1) · U^(1/a), U in (0, 1]
            return LogGamma(shape + 1) + (Math.Log(1 - Unit()) / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = Normal();
            var v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - Unit()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
            {
                return Math.Log(d) + Math.Log(v);
            }
        }
    }

    /// <summary>A standard normal draw (Box and Muller; its twin is dropped).</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());

    private ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
