namespace MixPolicy.Ppo.Observations;

/// <summary>
/// Running mean and variance of vectors, a batch at a time (Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
/// sample variances", 1979). Starts at mean 0, variance 1 with the weight of 1e-4 of a sample, as in Stable-Baselines3. Float64 throughout.
/// </summary>
public sealed class RunningMoments
{
    private const double Epsilon = 1e-8;

    /// <param name="size">Numbers in a vector, ≥ 1.</param>
    public RunningMoments(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        State = new(new double[size], [.. Enumerable.Repeat(1.0, size)], 1e-4);
    }

    public MomentsState State { get; set; }

    /// <summary>Takes in n vectors, laid out one after another.</summary>
    public void Update(ReadOnlySpan<float> vectors)
    {
        var size = State.Mean.Length;
        var n = vectors.Length / size;
        if (n == 0)
        {
            return;
        }

        var (mean, variance, count) = State;
        var (newMean, newVariance) = (new double[size], new double[size]);
        var total = count + n;
        for (var i = 0; i < size; i++)
        {
            double sum = 0, squares = 0;
            for (var k = i; k < vectors.Length; k += size)
            {
                sum += vectors[k];
            }

            var batchMean = sum / n;
            for (var k = i; k < vectors.Length; k += size)
            {
                squares += (vectors[k] - batchMean) * (vectors[k] - batchMean);
            }

            // μ' = μ + δ n/(c + n)          M₂' = c σ² + Σ(x − x̄)² + δ² c n/(c + n)
            var delta = batchMean - mean[i];
            newMean[i] = mean[i] + (delta * n / total);
            newVariance[i] = ((variance[i] * count) + squares + (delta * delta * count * n / total)) / total;
        }

        State = new(newMean, newVariance, total);
    }

    /// <summary>(x − μ)/√(σ² + 1e-8), clipped to ±<paramref name="clip"/>.</summary>
    public void Normalize(ReadOnlySpan<float> vector, Span<float> normalized, double clip)
    {
        var (mean, variance, _) = State;
        for (var i = 0; i < vector.Length; i++)
        {
            normalized[i] = (float)Math.Clamp((vector[i] - mean[i]) / Math.Sqrt(variance[i] + Epsilon), -clip, clip);
        }
    }

    /// <summary>x/√(σ² + 1e-8) of the one-number case, clipped: what rewards get, whose sign must stay.</summary>
    public float Scale(float value, double clip) => (float)Math.Clamp(value / Math.Sqrt(State.Variance[0] + Epsilon), -clip, clip);
}

/// <summary>The whole state of <see cref="RunningMoments"/>, for checkpoints.</summary>
/// <param name="Count">Samples seen, and the 1e-4 of the start.</param>
public sealed record MomentsState(double[] Mean, double[] Variance, double Count)
{
    /// <summary>Whether this can be the state of vectors of <paramref name="size"/> numbers.</summary>
    public bool IsOf(int size) => Mean.Length == size && Variance.Length == size && double.IsFinite(Count) && Count > 0
        && Mean.All(double.IsFinite) && Variance.All(variance => double.IsFinite(variance) && variance >= 0);
}
