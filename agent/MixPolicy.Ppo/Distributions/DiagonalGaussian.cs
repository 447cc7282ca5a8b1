using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Distributions;

/// <summary>
/// Unbounded continuous numbers, each N(μ, σ²). The parameters are the means, then the log σ, which do not depend on the observation
/// and start at 0, as in Stable-Baselines3.
/// </summary>
public sealed class DiagonalGaussian : ActionDistribution
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    private readonly int _size;

    /// <param name="size">≥ 1.</param>
    public DiagonalGaussian(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _size = size;
        FreeParameters = [.. Enumerable.Range(size, size)];
    }

    public override int ActionSize => _size;

    public override int ParameterCount => 2 * _size;

    public override IReadOnlyList<int> FreeParameters { get; }

    public override string Description => $"gaussian({_size})";

    public override (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions)
    {
        var (mean, logStd) = (parameters.narrow(1, 0, _size), parameters.narrow(1, _size, _size));

        // ln p = Σ −½ ((a − μ)/σ)² − ln σ − ½ ln 2π          H = Σ ½ + ½ ln 2π + ln σ
        var logProb = ((((actions - mean) / logStd.exp()).square() * -0.5) - logStd - HalfLogTwoPi).sum(1);
        var entropy = (logStd + (0.5 + HalfLogTwoPi)).sum(1);
        return (logProb, entropy);
    }

    public override void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action)
    {
        for (var i = 0; i < _size; i++)
        {
            action[i] = (float)(parameters[i] + (Math.Exp(parameters[_size + i]) * random.Gaussian()));
        }
    }

    public override void Best(ReadOnlySpan<float> parameters, Span<float> action) => parameters[.._size].CopyTo(action);

    public override double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var i = 0; i < _size; i++)
        {
            double logStd = parameters[_size + i];
            var z = (action[i] - parameters[i]) / Math.Exp(logStd);
            sum += (-0.5 * z * z) - logStd - HalfLogTwoPi;
        }

        return sum;
    }

    public override float[] Readable(ReadOnlySpan<float> parameters)
    {
        var readable = parameters.ToArray();
        for (var i = _size; i < readable.Length; i++)
        {
            readable[i] = MathF.Exp(readable[i]);
        }

        return readable;
    }

    public override void Check(ReadOnlySpan<float> action)
    {
        for (var i = 0; i < _size; i++)
        {
            if (!float.IsFinite(action[i]))
            {
                throw new ArgumentException($"action[{i}] is {action[i]}; allowed are finite numbers", nameof(action));
            }
        }
    }
}
