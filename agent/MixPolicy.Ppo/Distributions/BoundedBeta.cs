using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MixPolicy.Ppo.Distributions;

/// <summary>
/// Continuous numbers in [low, high], each low + (high − low) · x with x ~ Beta(α, β) (Chou et al., "Improving stochastic policy gradients
/// in continuous control with deep reinforcement learning using the Beta distribution", 2017): no probability is lost beyond the bounds.
/// The parameters are a and b of each number in turn; α = 1 + softplus(a) and β = 1 + softplus(b) keep the density unimodal and finite.
/// For a number that lives on a log scale, give the bounds of its logarithm.
/// </summary>
public sealed class BoundedBeta : ActionDistribution
{
    /// <summary>x is kept this far from 0 and 1, where the logarithms of the density end; about the grain of float32 near 1.</summary>
    private const double Edge = 1e-6;

    private const float SoftplusLinearFrom = 20;

    private readonly float[] _low;
    private readonly float[] _width;

    /// <param name="low">Lower bound of each number.</param>
    /// <param name="high">Upper bound of each number, above the lower.</param>
    public BoundedBeta(float[] low, float[] high)
    {
        if (low.Length == 0 || low.Length != high.Length)
        {
            throw new ArgumentException($"low has {low.Length} numbers and high {high.Length}; allowed is the same count, at least 1", nameof(high));
        }

        for (var i = 0; i < low.Length; i++)
        {
            if (!(float.IsFinite(low[i]) && float.IsFinite(high[i]) && low[i] < high[i]))
            {
                throw new ArgumentException($"low[{i}] is {low[i]} and high[{i}] is {high[i]}; allowed are finite numbers with low < high", nameof(high));
            }
        }

        _low = [.. low];
        _width = [.. high.Zip(low, (h, l) => h - l)];
    }

    public BoundedBeta(float low, float high)
        : this([low], [high])
    {
    }

    public override int ActionSize => _low.Length;

    public override int ParameterCount => 2 * _low.Length;

    public override string Description => $"beta({string.Join(",", _low.Zip(_width, (low, width) => FormattableString.Invariant($"[{low:R};{low + width:R}]")))})";

    public override (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions)
    {
        var (low, width) = (tensor(_low, device: parameters.device), tensor(_width, device: parameters.device));
        var shape = softplus(parameters.view(-1, _low.Length, 2)) + 1;
        var (alpha, beta) = (shape.select(2, 0), shape.select(2, 1));
        var total = alpha + beta;
        var x = ((actions - low) / width).clamp(Edge, 1 - Edge);
        var logWidth = width.log();

        // ln B = ln Γ(α) + ln Γ(β) − ln Γ(α + β)
        var logB = alpha.lgamma() + beta.lgamma() - total.lgamma();

        // ln p = Σ (α − 1) ln x + (β − 1) ln(1 − x) − ln B − ln width
        var logProb = (((alpha - 1) * x.log()) + ((beta - 1) * (1 - x).log()) - logB - logWidth).sum(1);

        // H = Σ ln B − (α − 1) ψ(α) − (β − 1) ψ(β) + (α + β − 2) ψ(α + β) + ln width
        var entropy = (logB - ((alpha - 1) * alpha.digamma()) - ((beta - 1) * beta.digamma()) + ((total - 2) * total.digamma()) + logWidth).sum(1);
        return (logProb, entropy);
    }

    public override void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action)
    {
        for (var i = 0; i < _low.Length; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            action[i] = Scale(i, random.Beta(alpha, beta));
        }
    }

    public override void Best(ReadOnlySpan<float> parameters, Span<float> action)
    {
        for (var i = 0; i < _low.Length; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            action[i] = Scale(i, alpha / (alpha + beta));
        }
    }

    public override double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var i = 0; i < _low.Length; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            var x = Math.Clamp((action[i] - _low[i]) / _width[i], Edge, 1 - Edge);
            var logB = LogGamma.Of(alpha) + LogGamma.Of(beta) - LogGamma.Of(alpha + beta);
            sum += ((alpha - 1) * Math.Log(x)) + ((beta - 1) * Math.Log(1 - x)) - logB - Math.Log(_width[i]);
        }

        return sum;
    }

    public override float[] Readable(ReadOnlySpan<float> parameters)
    {
        var readable = new float[ParameterCount];
        for (var i = 0; i < _low.Length; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            (readable[2 * i], readable[(2 * i) + 1]) = ((float)alpha, (float)beta);
        }

        return readable;
    }

    public override void Check(ReadOnlySpan<float> action)
    {
        for (var i = 0; i < _low.Length; i++)
        {
            if (!(action[i] >= _low[i] && action[i] <= _low[i] + _width[i]))
            {
                throw new ArgumentException($"action[{i}] is {action[i]}; allowed is {_low[i]} to {_low[i] + _width[i]}", nameof(action));
            }
        }
    }

    private static (double Alpha, double Beta) Shape(ReadOnlySpan<float> parameters, int i) =>
        (1 + Softplus(parameters[2 * i]), 1 + Softplus(parameters[(2 * i) + 1]));

    private static double Softplus(float x) => x > SoftplusLinearFrom ? x : Math.Log(1 + Math.Exp(x));

    private float Scale(int i, double x) => _low[i] + (_width[i] * (float)Math.Clamp(x, Edge, 1 - Edge));
}
