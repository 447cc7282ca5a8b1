using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Distributions;

/// <summary>One of <c>count</c> choices; the parameters are logits.</summary>
public sealed class Categorical : ActionDistribution
{
    private readonly int _count;

    /// <param name="count">≥ 1.</param>
    public Categorical(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = count;
    }

    public override int ActionSize => 1;

    public override int ParameterCount => _count;

    public override string Description => $"categorical({_count})";

    public override (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions)
    {
        var logits = parameters.log_softmax(1);
        var logProb = logits.gather(1, actions.to(ScalarType.Int64)).squeeze(1);
        var entropy = -(logits.exp() * logits).sum(1);
        return (logProb, entropy);
    }

    public override void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action) => action[0] = Draw(parameters, random);

    public override void Best(ReadOnlySpan<float> parameters, Span<float> action) => action[0] = Likeliest(parameters);

    public override double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) => parameters[(int)action[0]] - LogSumExp(parameters);

    public override float[] Readable(ReadOnlySpan<float> parameters) => Probabilities(parameters);

    public override void Check(ReadOnlySpan<float> action) => CheckChoice(action[0], _count, 0);

    /// <summary>Inverse of the cumulative distribution at a uniform draw.</summary>
    internal static int Draw(ReadOnlySpan<float> logits, RandomStream random)
    {
        var logSum = LogSumExp(logits);
        var left = random.Uniform();
        for (var i = 0; i < logits.Length - 1; i++)
        {
            left -= Math.Exp(logits[i] - logSum);
            if (left < 0)
            {
                return i;
            }
        }

        return logits.Length - 1;
    }

    internal static int Likeliest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    internal static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double max = logits[Likeliest(logits)];
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return max + Math.Log(sum);
    }

    internal static float[] Probabilities(ReadOnlySpan<float> logits)
    {
        var logSum = LogSumExp(logits);
        var probabilities = new float[logits.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            probabilities[i] = (float)Math.Exp(logits[i] - logSum);
        }

        return probabilities;
    }
}
