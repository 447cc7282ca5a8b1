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
            var z = State;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>Uniform over the multiples of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));
}
