namespace MixPolicy.Torch.Randomness;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): a small generator for draws outside tensors, equal
/// on every platform. Its whole state is one number. Not for secrets; not thread-safe.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    /// <summary>A generator made with this value goes on where this one stands.</summary>
    public ulong State { get; private set; } = seed;

    /// <summary>Uniform over all 64-bit numbers; each comes once in a period of 2^64.</summary>
    public ulong NextUInt64()
    {
        unchecked
        {
            State += 0x9e3779b97f4a7c15;
            return Mix(State);
        }
    }

    /// <summary>Uniform over the multiples of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform in {0, …, count − 1}; the bias, below count / 2⁶⁴, is of no consequence.</summary>
    public int Below(int count) => (int)Math.BigMul(NextUInt64(), (ulong)count, out _);

    /// <summary>Puts the items in a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The finaliser alone: a bijection whose every output bit depends on every input bit.</summary>
    public static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
