using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>What a step led to.</summary>
/// <param name="Terminated">The episode ended by itself: nothing follows.</param>
/// <param name="Truncated">The episode was cut: more would have followed.</param>
public readonly record struct StepResult(double Reward, bool Terminated, bool Truncated = false);

/// <summary>An episodic task. It keeps no random stream of its own, so that its whole state is the numbers it shows.</summary>
public interface IEnvironment
{
    ObservationSpace Observations { get; }

    ActionDistribution Actions { get; }

    /// <summary>All that the future depends on, for checkpoints; its length never changes.</summary>
    double[] State { get; set; }

    /// <summary>Starts an episode.</summary>
    /// <param name="observation">Receives the first observation.</param>
    void Reset(RandomStream random, Span<float> observation);

    /// <summary>Acts once. Not to be called after an episode has ended, before <see cref="Reset"/>.</summary>
    /// <param name="observation">Receives the next observation, the last one of an episode too.</param>
    StepResult Step(ReadOnlySpan<float> action, RandomStream random, Span<float> observation);
}
