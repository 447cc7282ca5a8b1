using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Distributions;

/// <summary>
/// Several independent categoricals. The parameters are their logits one after another; log-probability and entropy are sums over them.
/// </summary>
public sealed class MultiDiscrete : ActionDistribution
{
    /// <summary>Stands for "no such choice": e to it is 0 in float32, and 0 · it is 0, where 0 · −∞ would be NaN.</summary>
    private const float Never = -1e9f;

    private readonly int[] _counts;
    private readonly int _widest;

    /// <summary>Column of each (categorical, choice) in N × (P + 1), where column P holds <see cref="Never"/>; null when all counts are equal.</summary>
    private readonly long[]? _padding;

    /// <param name="counts">At least one, each ≥ 1.</param>
    public MultiDiscrete(params int[] counts)
    {
        if (counts.Length == 0 || counts.Any(count => count < 1))
        {
            throw new ArgumentException($"counts is [{string.Join(", ", counts)}]; allowed are one or more numbers, each at least 1", nameof(counts));
        }

        _counts = [.. counts];
        _widest = counts.Max();
        ParameterCount = counts.Sum();
        _padding = counts.All(count => count == _widest) ? null : Padding(counts, _widest, ParameterCount);
    }

    public override int ActionSize => _counts.Length;

    public override int ParameterCount { get; }

    public override string Description => $"multi-discrete({string.Join(",", _counts)})";

    public override (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions)
    {
        var rows = parameters.shape[0];
        var padded = _padding is null
            ? parameters
            : cat([parameters, full([rows, 1], Never, device: parameters.device)], 1).index_select(1, tensor(_padding, device: parameters.device));
        var logits = padded.view(rows, _counts.Length, _widest).log_softmax(2);
        var logProb = logits.gather(2, actions.to(ScalarType.Int64).unsqueeze(2)).squeeze(2).sum(1);
        var entropy = -(logits.exp() * logits).sum([1, 2]);
        return (logProb, entropy);
    }

    public override void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action)
    {
        for (int i = 0, start = 0; i < _counts.Length; start += _counts[i], i++)
        {
            action[i] = Categorical.Draw(parameters.Slice(start, _counts[i]), random);
        }
    }

    public override void Best(ReadOnlySpan<float> parameters, Span<float> action)
    {
        for (int i = 0, start = 0; i < _counts.Length; start += _counts[i], i++)
        {
            action[i] = Categorical.Likeliest(parameters.Slice(start, _counts[i]));
        }
    }

    public override double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (int i = 0, start = 0; i < _counts.Length; start += _counts[i], i++)
        {
            var logits = parameters.Slice(start, _counts[i]);
            sum += logits[(int)action[i]] - Categorical.LogSumExp(logits);
        }

        return sum;
    }

    public override float[] Readable(ReadOnlySpan<float> parameters)
    {
        var probabilities = new List<float>(ParameterCount);
        for (int i = 0, start = 0; i < _counts.Length; start += _counts[i], i++)
        {
            probabilities.AddRange(Categorical.Probabilities(parameters.Slice(start, _counts[i])));
        }

        return [.. probabilities];
    }

    public override void Check(ReadOnlySpan<float> action)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            CheckChoice(action[i], _counts[i], i);
        }
    }

    private static long[] Padding(int[] counts, int widest, int never)
    {
        var columns = new long[counts.Length * widest];
        for (int i = 0, start = 0; i < counts.Length; start += counts[i], i++)
        {
            for (var choice = 0; choice < widest; choice++)
            {
                columns[(i * widest) + choice] = choice < counts[i] ? start + choice : never;
            }
        }

        return columns;
    }
}
