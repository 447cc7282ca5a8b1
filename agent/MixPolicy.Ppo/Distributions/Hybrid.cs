using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Distributions;

/// <summary>
/// A tuple of heads that are independent given the observation, some of them masked by what another head chose. With m_h ∈ {0, 1} whether head
/// h takes part in this action, ln p(a) = Σ m_h ln p_h(a_h) and H = Σ m_h H_h: a masked head counts for neither, so no gradient reaches it
/// from a decision it had no part in. A head whose driver is masked is masked. A masked head's numbers in the action are its best guess, never a draw.
/// </summary>
public sealed class Hybrid : ActionDistribution
{
    private readonly HybridPart[] _parts;

    /// <param name="heads">At least one; the action and the parameters are theirs one after another.</param>
    /// <exception cref="ArgumentException">A name repeats, or a gate names no earlier categorical head or a choice it lacks.</exception>
    public Hybrid(params Head[] heads)
    {
        if (heads.Length == 0)
        {
            throw new ArgumentException("heads is empty; allowed is one or more", nameof(heads));
        }

        _parts = new HybridPart[heads.Length];
        for (var i = 0; i < heads.Length; i++)
        {
            _parts[i] = HybridPart.Place(heads, i, ActionSize, ParameterCount);
            ActionSize += heads[i].Distribution.ActionSize;
            ParameterCount += heads[i].Distribution.ParameterCount;
        }

        Heads = [.. heads];
        FreeParameters = [.. _parts.SelectMany(part => part.Distribution.FreeParameters.Select(column => part.ParameterStart + column))];
    }

    public IReadOnlyList<Head> Heads { get; }

    public override int ActionSize { get; }

    public override int ParameterCount { get; }

    public override IReadOnlyList<int> FreeParameters { get; }

    public override string Description => $"hybrid({string.Join(" x ", Heads.Select(head =>
        $"{head.Name}:{head.Distribution.Description}{(head.Gate is { } gate ? $"|{gate.Driver} in {{{string.Join(",", gate.Choices)}}}" : "")}"))})";

    public override (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions)
    {
        var masks = new Tensor?[_parts.Length];
        Tensor? logProb = null, entropy = null;
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            var (headLogProb, headEntropy) = part.Distribution.Evaluate(
                parameters.narrow(1, part.ParameterStart, part.Distribution.ParameterCount),
                actions.narrow(1, part.ActionStart, part.Distribution.ActionSize));

            if (part.Driver is { } driver)
            {
                // m_h = m_driver · [driver's choice is one of the gate's]
                var allowed = tensor(part.Allows, device: parameters.device);
                var mask = allowed.index_select(0, actions.select(1, _parts[driver].ActionStart).to(ScalarType.Int64));
                masks[i] = masks[driver] is { } above ? mask * above : mask;
                headLogProb = headLogProb * masks[i]!;
                headEntropy = headEntropy * masks[i]!;
            }

            logProb = logProb is null ? headLogProb : logProb + headLogProb;
            entropy = entropy is null ? headEntropy : entropy + headEntropy;
        }

        return (logProb!, entropy!);
    }

    public override void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action)
    {
        Span<bool> active = stackalloc bool[_parts.Length];
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            active[i] = IsActive(i, action, active);
            if (active[i])
            {
                part.Distribution.Sample(part.Parameters(parameters), random, part.Action(action));
            }
            else
            {
                part.Distribution.Best(part.Parameters(parameters), part.Action(action));
            }
        }
    }

    public override void Best(ReadOnlySpan<float> parameters, Span<float> action)
    {
        foreach (var part in _parts)
        {
            part.Distribution.Best(part.Parameters(parameters), part.Action(action));
        }
    }

    public override double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        Span<bool> active = stackalloc bool[_parts.Length];
        var sum = 0.0;
        for (var i = 0; i < _parts.Length; i++)
        {
            active[i] = IsActive(i, action, active);
            sum += active[i] ? _parts[i].Distribution.LogProb(_parts[i].Parameters(parameters), _parts[i].Action(action)) : 0;
        }

        return sum;
    }

    public override float[] Readable(ReadOnlySpan<float> parameters)
    {
        var readable = new List<float>(ParameterCount);
        foreach (var part in _parts)
        {
            readable.AddRange(part.Distribution.Readable(part.Parameters(parameters)));
        }

        return [.. readable];
    }

    public override void Check(ReadOnlySpan<float> action)
    {
        foreach (var part in _parts)
        {
            try
            {
                part.Distribution.Check(part.Action(action));
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"head {part.Head.Name}: {e.Message}", nameof(action), e);
            }
        }
    }

    public override IReadOnlyList<HeadChoice> Describe(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action)
    {
        Span<bool> active = stackalloc bool[_parts.Length];
        var choices = new HeadChoice[_parts.Length];
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            active[i] = IsActive(i, action, active);
            choices[i] = new(part.Head.Name, active[i], part.Action(action).ToArray(), part.Distribution.Readable(part.Parameters(parameters)));
        }

        return choices;
    }

    private bool IsActive(int i, ReadOnlySpan<float> action, ReadOnlySpan<bool> active) =>
        _parts[i].Driver is not { } driver || (active[driver] && _parts[i].Allows[(int)action[_parts[driver].ActionStart]] != 0);
}
