using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>Several copies of an environment, each with a random stream of its own; a copy whose episode ends starts the next one at once.</summary>
public sealed class VectorEnvironment
{
    private readonly IEnvironment[] _environments;
    private readonly RandomStream[] _random;
    private readonly float[][] _observations;

    /// <param name="create">Makes one copy.</param>
    /// <param name="count">≥ 1.</param>
    public VectorEnvironment(Func<IEnvironment> create, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _environments = [.. Enumerable.Range(0, count).Select(_ => create())];
        _random = [.. Enumerable.Range(0, count).Select(i => PpoStreams.Environment(seed, i))];
        _observations = [.. _environments.Select(environment => new float[environment.Observations.Size])];
        for (var i = 0; i < count; i++)
        {
            _environments[i].Reset(_random[i], _observations[i]);
        }
    }

    public int Count => _environments.Length;

    public ObservationSpace Observations => _environments[0].Observations;

    public ActionDistribution Actions => _environments[0].Actions;

    /// <summary>Everything the future depends on.</summary>
    public IReadOnlyList<EnvironmentState> States
    {
        get => [.. _environments.Select((environment, i) => new EnvironmentState(environment.State, _random[i].State, _observations[i]))];
        set
        {
            for (var i = 0; i < Count; i++)
            {
                (_environments[i].State, _random[i].State, _observations[i]) = (value[i].State, value[i].Random, value[i].Observation);
            }
        }
    }

    /// <summary>What copy <paramref name="i"/> shows now. The array is never written to again.</summary>
    public float[] Observation(int i) => _observations[i];

    /// <summary>Acts in copy <paramref name="i"/>.</summary>
    /// <param name="nextObservation">What followed the action: at the end of an episode its last observation, while <see cref="Observation"/> shows the next episode's first.</param>
    public StepResult Step(int i, ReadOnlySpan<float> action, out float[] nextObservation)
    {
        nextObservation = new float[Observations.Size];
        var result = _environments[i].Step(action, _random[i], nextObservation);
        _observations[i] = nextObservation;
        if (result.Terminated || result.Truncated)
        {
            _observations[i] = new float[Observations.Size];
            _environments[i].Reset(_random[i], _observations[i]);
        }

        return result;
    }
}

/// <summary>One copy in a checkpoint.</summary>
public sealed record EnvironmentState(double[] State, ulong[] Random, float[] Observation);
