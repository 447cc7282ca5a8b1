using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Training;

/// <summary>
/// Trains a learner on vectorised environments: collect a rollout, update, repeat. It may be saved after any step, in the middle of a
/// rollout too, and goes on from there bit-equal on the CPU. One thread at a time.
/// </summary>
public sealed class PpoTrainer
{
    private const string Part = "trainer";
    private const string RolloutPart = "rollout";
    private const int RecentEpisodes = 100;

    private readonly PpoLearner _learner;
    private readonly VectorEnvironment _environments;
    private readonly TrainingOptions _options;
    private readonly RandomStream _draws;
    private readonly RolloutBuffer _rollout;
    private readonly RewardNormalizer? _rewards;
    private readonly Queue<EpisodeRecord> _recent = new();
    private EpisodeRecord[] _running;
    private int _stepsInRollout;

    /// <param name="learner">For the environments' observations and actions.</param>
    /// <param name="seed">Draws the actions.</param>
    public PpoTrainer(PpoLearner learner, VectorEnvironment environments, TrainingOptions options, ulong seed)
    {
        options.Validate();
        (_learner, _environments, _options) = (learner, environments, options);
        _draws = PpoStreams.Actions(seed);
        _rollout = new(environments.Count);
        _rewards = options.NormalizeRewards ? new(environments.Count, learner.Options.Gamma) : null;
        _running = new EpisodeRecord[environments.Count];
    }

    /// <summary>Steps of all environments together so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Steps every environment once, and updates when the rollout is full.</summary>
    /// <returns>The diagnostics of the update; null when there was none.</returns>
    public IReadOnlyDictionary<string, double>? Step()
    {
        var count = _environments.Count;
        var (taken, results, next) = (new Transition[count], new StepResult[count], new float[count][]);
        for (var i = 0; i < count; i++)
        {
            var observation = _environments.Observation(i);
            var action = new float[_environments.Actions.ActionSize];
            var (logProb, value) = _learner.Draw(observation, _draws, action);
            results[i] = _environments.Step(i, action, out next[i]);
            taken[i] = new(observation, action, logProb, value, (float)results[i].Reward);
        }

        float[] rewards = [.. taken.Select(transition => transition.Reward)];
        _rewards?.Normalize(rewards, [.. results.Select(result => result.Terminated || result.Truncated)]);
        for (var i = 0; i < count; i++)
        {
            _rollout.Add(i, taken[i] with { Reward = rewards[i] });
            Record(i, results[i]);
            if (results[i].Terminated || results[i].Truncated)
            {
                _rollout.End(i, results[i].Terminated ? null : next[i]);
            }
        }

        Steps += count;
        _stepsInRollout++;

        // Not ==: a checkpoint of longer rollouts may hold more than this one is to have.
        return _stepsInRollout >= _options.StepsPerUpdate ? Update() : null;
    }

    /// <summary>Trains until <see cref="Steps"/> is at least <paramref name="steps"/>.</summary>
    /// <param name="onUpdate">Told the diagnostics of each update.</param>
    public void TrainUntil(long steps, Action<IReadOnlyDictionary<string, double>>? onUpdate = null, CancellationToken cancellationToken = default)
    {
        while (Steps < steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Step() is { } diagnostics)
            {
                onUpdate?.Invoke(diagnostics);
            }
        }
    }

    /// <summary>Writes everything, the learner, the unfinished rollout and the environments included, as parts of a checkpoint.</summary>
    public void Save(CheckpointWriter checkpoint)
    {
        _learner.Save(checkpoint);
        checkpoint.Json(RolloutPart, _rollout.State);
        checkpoint.Json(Part, new TrainerState(Steps, _stepsInRollout, _draws.State, _environments.States, _rewards?.State, [.. _recent], _running));
    }

    /// <summary>Takes over the state of a checkpoint.</summary>
    /// <exception cref="CheckpointException">It is of another learner, of other environments or options, or damaged. Nothing has changed.</exception>
    public void Load(CheckpointReader checkpoint)
    {
        var state = checkpoint.Json<TrainerState>(Part);
        var rollout = checkpoint.Json<RolloutState>(RolloutPart);
        state.RequireFit(checkpoint.Folder, _environments, _rewards is not null, rollout);

        // It checks before it changes anything, and nothing after it can be refused.
        _learner.Load(checkpoint);
        (Steps, _stepsInRollout, _draws.State, _environments.States, _rollout.State) = (state.Steps, state.StepsInRollout, state.Draws, state.Environments, rollout);
        if (_rewards is not null)
        {
            _rewards.State = state.Rewards!;
        }

        _running = state.Running;
        _recent.Clear();
        foreach (var episode in state.Recent)
        {
            _recent.Enqueue(episode);
        }
    }

    private Dictionary<string, double> Update()
    {
        for (var i = 0; i < _environments.Count; i++)
        {
            _rollout.End(i, _environments.Observation(i));
        }

        _stepsInRollout = 0;
        var remaining = Math.Max(0, 1 - ((double)Steps / _options.TotalSteps));
        return new(_learner.Learn(_rollout.Take(), remaining), StringComparer.Ordinal)
        {
            [Diagnostics.EpisodicReturn] = _recent.Count > 0 ? _recent.Average(episode => episode.Return) : double.NaN,
            [Diagnostics.EpisodicLength] = _recent.Count > 0 ? _recent.Average(episode => episode.Length) : double.NaN,
        };
    }

    private void Record(int i, StepResult result)
    {
        _running[i] = new(_running[i].Return + result.Reward, _running[i].Length + 1);
        if (result.Terminated || result.Truncated)
        {
            _recent.Enqueue(_running[i]);
            _running[i] = default;
            if (_recent.Count > RecentEpisodes)
            {
                _recent.Dequeue();
            }
        }
    }
}
