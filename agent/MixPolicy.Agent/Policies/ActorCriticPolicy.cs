using MixPolicy.Agent.Learning;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>
/// The policy `ppo`. Every reward closes a transition; as soon as a rollout of them is there, over all runs, the policy is updated: segment by
/// segment, a run that goes on being bootstrapped with the value of what its next decision sees.
/// </summary>
public sealed class ActorCriticPolicy : IPolicy
{
    private const string StatePart = "rollout";

    private readonly ActionHeads _heads;
    private readonly PpoLearner _learner;
    private readonly RolloutBuffer _buffer;
    private readonly int _rollout;

    public ActorCriticPolicy(ChoiceSpace space, PpoPolicy settings, ulong seed, CheckpointReader? saved)
    {
        _heads = new(space);
        _rollout = settings.Rollout;
        var options = Options(settings);
        var observations = ObservationSpace.Vector(ObservationLayout.Names.Count);
        _learner = new(observations, _heads.Distribution, options, seed, _heads.Network(observations.Size, options.HiddenLayers, seed));
        if (saved is null)
        {
            _buffer = new();
            return;
        }

        _learner.Load(saved);
        _buffer = new(saved.Json<RolloutBuffer.State>(StatePart));
    }

    public long Version => _learner.Updates;

    /// <summary>What is carried from agent to agent.</summary>
    public ITransferablePolicy Learner => _learner;

    public Draw Decide(string run, int interval, float[] observation, ulong seed)
    {
        var decision = _learner.Act(observation, seed);
        _buffer.Open(run, new(observation, decision.Action, decision.LogProb, decision.Value, Reward: 0));
        return _heads.Describe(decision);
    }

    public PolicyUpdate? Learn(string run, double? reward, float[] next, bool last)
    {
        if (reward is not { } earned)
        {
            throw new ArgumentNullException(nameof(reward), $"{run}: a report without a reward reached an agent that learns.");
        }

        _buffer.Close(run, (float)earned, next, last);
        if (_buffer.Count < _rollout)
        {
            return null;
        }

        var diagnostics = _learner.Learn(_buffer.Take());
        var update = new PolicyUpdate { PolicyVersion = _learner.Updates };
        // What does not exist this time (the explained variance of equal returns) is left out.
        foreach (var (name, value) in diagnostics.Where(entry => double.IsFinite(entry.Value)))
        {
            update.Diagnostics.Add(name, value);
        }

        return update;
    }

    public void Skip(string run, bool last) => _buffer.Cut(run);

    public void Save(CheckpointWriter writer)
    {
        _learner.Save(writer);
        writer.Json(StatePart, _buffer.Snapshot());
    }

    public void Dispose() => _learner.Dispose();

    private static PpoOptions Options(PpoPolicy settings) => new()
    {
        LearningRate = Schedule.Constant(settings.LearningRate),
        ClipRange = Schedule.Constant(settings.Clip),
        Gamma = settings.Gamma,
        GaeLambda = settings.GaeLambda,
        Epochs = settings.Epochs,
        MinibatchSize = settings.Minibatch,
        EntropyCoefficient = settings.Entropy,
        ValueCoefficient = settings.ValueCoefficient,
        NormalizeObservations = true,
    };
}
