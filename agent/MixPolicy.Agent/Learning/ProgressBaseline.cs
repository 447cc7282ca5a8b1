using System.Text.Json.Serialization;

namespace MixPolicy.Agent.Learning;

/// <summary>Running mean of a quantity by point of training, over all runs of an agent: what was to be expected there.</summary>
/// <param name="Counts">Values seen, by bucket.</param>
/// <param name="Means">Their means; 0 while empty.</param>
[method: JsonConstructor]
public sealed record ProgressBaseline(long[] Counts, double[] Means)
{
    /// <summary>Buckets of equal width over the progress (0, 1].</summary>
    public const int Buckets = 20;

    public ProgressBaseline()
        : this(new long[Buckets], new double[Buckets])
    {
    }

    /// <summary>The mean at <paramref name="progress"/>, 0 while nothing was seen there.</summary>
    public double At(double progress) => Means[Bucket(progress)];

    public void Add(double progress, double value)
    {
        var bucket = Bucket(progress);
        // m_n = m_{n-1} + (x_n - m_{n-1}) / n
        Means[bucket] += (value - Means[bucket]) / ++Counts[bucket];
    }

    // Bucket b holds the progress in (b/B, (b+1)/B].
    private static int Bucket(double progress) => Math.Clamp((int)Math.Ceiling(progress * Buckets) - 1, 0, Buckets - 1);
}
