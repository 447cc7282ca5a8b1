using System.Numerics;

namespace MixPolicy.Torch.Randomness;

/// <summary>
/// A seeded stream of random numbers whose whole state is four words, so that a checkpoint can hold it: xoshiro256** (Blackman and Vigna,
/// "Scrambled linear pseudorandom number generators", 2021), seeded through SplitMix64. The same seed gives the same numbers on every
/// machine. Not thread-safe.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    /// <param name="seed">One stream a seed: <see cref="SeedSequence"/> makes one for each purpose.</param>
    public RandomStream(ulong seed)
    {
        var words = new SplitMix64(seed);
        (_s0, _s1, _s2, _s3) = (words.NextUInt64(), words.NextUInt64(), words.NextUInt64(), words.NextUInt64());
    }

    /// <summary>The state: four words, not all zero.</summary>
    /// <exception cref="ArgumentException">On setting: not four words, or all are zero.</exception>
    public ulong[] State
    {
        get => [_s0, _s1, _s2, _s3];
        set
        {
            if (!IsState(value))
            {
                throw new ArgumentException($"the state of a random stream is 4 words, not all zero; this has {value.Length}", nameof(value));
            }

            (_s0, _s1, _s2, _s3) = (value[0], value[1], value[2], value[3]);
        }
    }

    /// <summary>Whether these words may be set as <see cref="State"/>.</summary>
    public static bool IsState(IReadOnlyCollection<ulong> words) => words.Count == 4 && words.Any(word => word != 0);

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform on [0, 1), 53 bits.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>Uniform on {0, …, <paramref name="count"/> − 1}; the bias of the multiplication is below count / 2⁶⁴.</summary>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)Math.BigMul(Next(), (ulong)count, out _);
    }

    /// <summary>Standard normal (Box and Muller 1958). The second number of the pair is dropped: it would be state.</summary>
    public double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Gamma(<paramref name="shape"/>, scale 1) for shape ≥ 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).</summary>
    public double Gamma(double shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Gaussian();
            var v = 1 + (c * x);
            v = v * v * v;
            if (v > 0 && Math.Log(1 - Uniform()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Beta(<paramref name="alpha"/>, <paramref name="beta"/>), both ≥ 1, as X / (X + Y) of two gammas.</summary>
    public double Beta(double alpha, double beta)
    {
        var x = Gamma(alpha);
        var y = Gamma(beta);
        return x / (x + y);
    }

    /// <summary>0, …, <paramref name="count"/> − 1 in random order (Fisher and Yates).</summary>
    public long[] Permutation(int count)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }
}
