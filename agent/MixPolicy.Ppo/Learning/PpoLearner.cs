using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

/// <summary>
/// A PPO policy that learns from rollouts handed to it; it knows no environment.
/// <para>
/// Its state (weights, Adam's moments, observation statistics, shuffling stream, counters) changes in <see cref="Learn"/> and <see cref="Load"/>
/// and nowhere else; <see cref="Act"/> and <see cref="Value"/> are functions of that state and their arguments. So a log of decisions replays
/// to the same bits: the same rollouts in the same order from the same start, on the same machine and count of intra-op threads, give the same state.
/// </para>
/// <para>
/// Observation statistics: during a rollout all observations are normalised by the statistics from before it, in acting and in the update
/// alike. Only when the update is done do its observations enter the statistics (the transitions' own, not the bootstrap ones).
/// </para>
/// <para>
/// Tensors it holds belong to it, not to a dispose scope. One thread at a time; <see cref="Act"/> and <see cref="Value"/> touch no tensor,
/// so they may run on any thread while no <see cref="Learn"/> or <see cref="Load"/> runs.
/// </para>
/// </summary>
public sealed partial class PpoLearner : IDisposable
{
    private const double ObservationClip = 10;

    private readonly ObservationSpace _observations;
    private readonly ActionDistribution _actions;
    private readonly IActorCritic _network;
    private readonly Adam _adam;
    private readonly RunningMoments _moments;
    private readonly RandomStream _shuffle;
    private readonly float[] _normalized;
    private readonly float[] _actionParameters;

    /// <param name="seed">Draws the initial weights and the order of minibatches.</param>
    /// <param name="device">Where updates run; the CPU when null. Acting is always on the CPU.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PpoLearner(ObservationSpace observations, ActionDistribution actions, PpoOptions options, ulong seed, Device? device = null)
        : this(observations, actions, options, seed, new MlpActorCritic(
            observations.Size, actions, options.HiddenLayers, PpoStreams.InitialWeights(seed), device))
    {
    }

    /// <param name="network">Of any kind; the learner disposes it.</param>
    public PpoLearner(ObservationSpace observations, ActionDistribution actions, PpoOptions options, ulong seed, IActorCritic network)
    {
        options.Validate();
        (_observations, _actions, Options, _network) = (observations, actions, options, network);
        _adam = new(network.Parameters);
        _moments = new(observations.Size);
        _shuffle = PpoStreams.Minibatches(seed);
        _normalized = new float[observations.Size];
        _actionParameters = new float[actions.ParameterCount];
    }

    public PpoOptions Options { get; }

    /// <summary>Updates so far: the version of the policy.</summary>
    public long Updates { get; private set; }

    /// <summary>Transitions learned from so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Chooses an action. All chance comes from <paramref name="drawSeed"/>: the same state, observation and seed give the same bits.</summary>
    /// <param name="observation">Before normalisation.</param>
    /// <param name="drawSeed">For example <see cref="SeedSequence.Derive"/>(agent seed, run, interval).</param>
    /// <exception cref="ArgumentException">The observation has another size or a number that is not finite.</exception>
    public PolicyDecision Act(ReadOnlySpan<float> observation, ulong drawSeed)
    {
        var action = new float[_actions.ActionSize];
        var (logProb, value) = Draw(observation, new RandomStream(drawSeed), action);
        return new(action, logProb, value, _actions.Describe(_actionParameters, action));
    }

    /// <summary>As <see cref="Act"/>, drawing from a stream, without what displays need.</summary>
    /// <param name="action">Receives A numbers.</param>
    public (float LogProb, float Value) Draw(ReadOnlySpan<float> observation, RandomStream random, Span<float> action)
    {
        var value = Infer(observation);
        _actions.Sample(_actionParameters, random, action);
        return ((float)_actions.LogProb(_actionParameters, action), value);
    }

    /// <summary>The action of the policy when it does not explore.</summary>
    public float[] Best(ReadOnlySpan<float> observation)
    {
        Infer(observation);
        var action = new float[_actions.ActionSize];
        _actions.Best(_actionParameters, action);
        return action;
    }

    /// <summary>The expected discounted return from an observation on.</summary>
    public float Value(ReadOnlySpan<float> observation) => Infer(observation);

    /// <summary>One update: advantages along each segment, then <see cref="PpoUpdate"/>, then the observation statistics.</summary>
    /// <param name="rollout">One or more segments of one or more episodes, whose actions this learner chose since its last update.</param>
    /// <param name="remaining">The part of training that is left, 1 to 0, for the schedules; 1 where no end is known.</param>
    /// <returns>By the names in <see cref="Diagnostics"/>.</returns>
    /// <exception cref="ArgumentException">Something in the rollout is missing, of the wrong size, out of range or not finite. Nothing has changed.</exception>
    public IReadOnlyDictionary<string, double> Learn(IReadOnlyList<Segment> rollout, double remaining = 1)
    {
        RolloutCheck.Check(rollout, _observations, _actions);
        var transitions = rollout.SelectMany(segment => segment.Transitions).ToArray();
        var observations = transitions.SelectMany(transition => transition.Observation).ToArray();
        var diagnostics = PpoUpdate.Run(_network, _actions, _adam, Batch(rollout, transitions, observations), Options, remaining, _shuffle);
        if (Options.NormalizeObservations)
        {
            _moments.Update(observations);
        }

        Updates++;
        Samples += transitions.Length;
        diagnostics[Diagnostics.Updates] = Updates;
        diagnostics[Diagnostics.Samples] = Samples;
        return diagnostics;
    }

    public void Dispose()
    {
        _adam.Dispose();
        _network.Dispose();
    }

    private float Infer(ReadOnlySpan<float> observation)
    {
        _observations.Check(observation);
        Normalize(observation, _normalized);
        return _network.Infer(_normalized, _actionParameters);
    }

    private void Normalize(ReadOnlySpan<float> observation, Span<float> normalized)
    {
        if (Options.NormalizeObservations)
        {
            _moments.Normalize(observation, normalized, ObservationClip);
        }
        else
        {
            observation.CopyTo(normalized);
        }
    }

    private TrainingBatch Batch(IReadOnlyList<Segment> rollout, Transition[] transitions, float[] observations)
    {
        var size = _observations.Size;
        var normalized = new float[observations.Length];
        for (var start = 0; start < observations.Length; start += size)
        {
            Normalize(observations.AsSpan(start, size), normalized.AsSpan(start, size));
        }

        float[] values = [.. transitions.Select(transition => transition.Value)];
        float[] rewards = [.. transitions.Select(transition => transition.Reward)];
        var advantages = new float[transitions.Length];
        var first = 0;
        foreach (var segment in rollout)
        {
            var steps = new Range(first, first + segment.Transitions.Count);
            var nextValue = segment.NextObservation is { } next ? Value(next) : 0;
            GeneralizedAdvantage.Compute(rewards.AsSpan()[steps], values.AsSpan()[steps], nextValue, Options.Gamma, Options.GaeLambda, advantages.AsSpan()[steps]);
            first += segment.Transitions.Count;
        }

        float[] actions = [.. transitions.SelectMany(transition => transition.Action)];
        float[] logProbs = [.. transitions.Select(transition => transition.LogProb)];
        return new(normalized, actions, logProbs, values, advantages);
    }
}
