using MixPolicy.Agent.Policies;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning;

/// <summary>A decision and the observation it was made on.</summary>
/// <param name="Decision">Complete.</param>
/// <param name="Observation">Entries as named by <see cref="ObservationLayout.Names"/>, before normalisation.</param>
public sealed record Decided(Decision Decision, float[] Observation);

/// <summary>What came of a report.</summary>
/// <param name="Reward">The reward earned; null for a fallback, and where the report lacks what the reward needs.</param>
/// <param name="Update">What the update of the policy did, if the report led to one.</param>
public sealed record Learned(double? Reward, PolicyUpdate? Update);

/// <summary>
/// An agent without its service: observation, policy, reward and learning as a deterministic state machine. The same calls in the same order give
/// the same decisions, bit for bit on a CPU: no clock, no shared generator, no input or output. Many runs are interleaved; each alternates
/// <see cref="Decide"/> and <see cref="Report"/>. Owned by one caller at a time; the calls of a learning agent belong on a model thread.
/// </summary>
public sealed class AgentMind : IDisposable
{
    /// <summary>What a checkpoint of this state is called, and how its layout is numbered.</summary>
    public const string CheckpointKind = "mixpolicy-agent";

    public const int CheckpointSchema = 1;

    private const string StatePart = "mind";

    private readonly AgentSpec _spec;
    private readonly ChoiceSpace _space;
    private readonly IPolicy _policy;
    private readonly ProgressBaseline _baseline;
    private readonly RewardRule _reward;
    private readonly Dictionary<string, RunMemory> _runs;

    /// <param name="spec">A valid spec, defaults filled in: see <see cref="Validation.AgentSpecRules"/>.</param>
    public AgentMind(AgentSpec spec)
        : this(spec, null)
    {
    }

    /// <summary>What this agent has learned, if its policy is one that can go on elsewhere. A batch policy is not part of the mind.</summary>
    public ITransferablePolicy? Transferable => (_policy as ActorCriticPolicy)?.Learner;

    private AgentMind(AgentSpec spec, CheckpointReader? saved)
    {
        _spec = spec.Clone();
        _space = new(_spec.ActionSpace);
        var state = saved?.Json<State>(StatePart) ?? new([], new ProgressBaseline());
        _runs = new(state.Runs, StringComparer.Ordinal);
        _baseline = state.Baseline;
        _reward = new(_spec.Reward, _baseline);
        _policy = PolicyFactory.Create(_spec, _space, saved);
    }

    /// <summary>Updates of the policy so far.</summary>
    public long PolicyVersion => _policy.Version;

    /// <summary>Takes in a new run.</summary>
    /// <param name="run">Its name, agents/{agent}/runs/{run}.</param>
    /// <param name="spec">A valid spec.</param>
    /// <exception cref="InvalidOperationException">The run is known already.</exception>
    public void StartRun(string run, RunSpec spec)
    {
        if (!_runs.TryAdd(run, RunMemory.Start(spec)))
        {
            throw new InvalidOperationException($"{run} has started already.");
        }
    }

    /// <summary>Decides for the next interval of a run.</summary>
    /// <exception cref="InvalidOperationException">The run is unknown or ended, or this is not its next interval.</exception>
    public Decided Decide(string run, int interval)
    {
        var memory = Find(run);
        if (memory.Open is not null || interval != memory.Interval)
        {
            throw new InvalidOperationException(
                $"{run}: cannot decide for interval {interval}; expected {(memory.Open is null ? "a decision for" : "the report of")} interval {memory.Interval}.");
        }

        var observation = ObservationLayout.Observe(memory);
        var version = _policy.Version;
        var draw = _policy.Decide(run, interval, observation, DrawSeed(run, interval));
        _runs[run] = memory with { Open = PastAction.Of(draw.Choice, _space) };
        return new(
            new()
            {
                Name = DecisionName(run, interval),
                Interval = interval,
                Choice = draw.Choice,
                PolicyVersion = version,
                LogProbability = draw.LogProbability,
                Value = draw.Value,
                Distribution = draw.Distribution,
            },
            observation);
    }

    /// <summary>Takes the report of the interval decided last: reward, then learning, then perhaps an update of the policy.</summary>
    /// <param name="report">A valid report: see <see cref="Check"/>. One with a fallback is remembered but teaches nothing.</param>
    /// <param name="last">The run ends with it.</param>
    /// <exception cref="InvalidOperationException">The run is unknown or ended, or this interval is not open.</exception>
    public Learned Report(string run, int interval, Report report, bool last)
    {
        var memory = Find(run);
        if (memory.Open is null || interval != memory.Interval)
        {
            throw new InvalidOperationException(
                $"{run}: cannot take a report of interval {interval}; expected {(memory.Open is null ? "a decision for" : "the report of")} interval {memory.Interval}.");
        }

        var carriedOut = report.Fallback is null;
        var reward = carriedOut ? _reward.Of(memory, report) : null;
        memory = memory.After(report, reward, _space);
        _runs[run] = memory;
        PolicyUpdate? update = null;
        if (carriedOut && !_spec.Frozen)
        {
            update = _policy.Learn(run, reward, ObservationLayout.Observe(memory), last);
        }
        else
        {
            _policy.Skip(run, last);
        }

        if (last)
        {
            _runs.Remove(run);
        }

        return new(reward, update);
    }

    /// <summary>Ends a run without a report: training stopped early. What is open is forgotten.</summary>
    /// <exception cref="InvalidOperationException">The run is unknown or ended.</exception>
    public void FinishRun(string run)
    {
        Find(run);
        _policy.Skip(run, last: true);
        _runs.Remove(run);
    }

    /// <summary>What is wrong with a report of the interval decided last; empty if nothing.</summary>
    /// <param name="path">Where the report lies in the request, for the field names.</param>
    public IReadOnlyList<Validation.Violation> Check(string run, Report report, string path = "report")
    {
        var memory = Find(run);
        return Validation.ReportRules.Check(report, _spec, DecisionName(run, memory.Interval), memory.Last?.Progress ?? 0, path);
    }

    /// <summary>Saves everything that later decisions depend on, except the spec.</summary>
    public void Save(CheckpointWriter writer)
    {
        writer.Json(StatePart, new State(_runs, _baseline));
        _policy.Save(writer);
    }

    /// <summary>The agent as it was saved: it goes on as if it had never stopped, bit for bit on a CPU.</summary>
    /// <param name="spec">The spec it was saved with.</param>
    /// <exception cref="CheckpointException">The checkpoint does not hold such an agent.</exception>
    public static AgentMind Restore(AgentSpec spec, CheckpointReader saved) => new(spec, saved);

    public void Dispose() => _policy.Dispose();

    private static string DecisionName(string run, int interval) => $"{run}/decisions/{interval}";

    // Only the run's own id counts, so that an agent of another name with the same seed repeats the decisions.
    private ulong DrawSeed(string run, int interval) => SeedSequence.Derive(_spec.Seed, run[(run.LastIndexOf('/') + 1)..], interval);

    private RunMemory Find(string run) =>
        _runs.TryGetValue(run, out var memory) ? memory : throw new InvalidOperationException($"{run} is not a run in progress.");

    private sealed record State(Dictionary<string, RunMemory> Runs, ProgressBaseline Baseline);
}
