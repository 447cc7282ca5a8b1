using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>Truncates the episodes of another environment after <paramref name="maxSteps"/> steps (≥ 1).</summary>
public sealed class TimeLimit(IEnvironment inner, int maxSteps) : IEnvironment
{
    private int _steps;

    public ObservationSpace Observations => inner.Observations;

    public ActionDistribution Actions => inner.Actions;

    public double[] State
    {
        get => [.. inner.State, _steps];
        set => (inner.State, _steps) = (value[..^1], (int)value[^1]);
    }

    public void Reset(RandomStream random, Span<float> observation)
    {
        _steps = 0;
        inner.Reset(random, observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, RandomStream random, Span<float> observation)
    {
        var result = inner.Step(action, random, observation);
        _steps++;
        return result with { Truncated = result.Truncated || (_steps >= maxSteps && !result.Terminated) };
    }
}
