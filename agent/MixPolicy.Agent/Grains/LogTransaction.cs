using Google.Protobuf;
using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>What one call adds to the log of an agent, and what its agent and run become with it.</summary>
internal sealed class LogTransaction(AgentRow agent, RunRow run, DateTimeOffset now)
{
    private readonly List<LogRow> _entries = [];
    private readonly List<BatchRow> _decided = [];
    private readonly List<LoggedReward> _rewarded = [];
    private readonly AgentRow _before = agent;

    public AgentRow Agent { get; private set; } = agent;

    public RunRow Run { get; private set; } = run;

    /// <summary>The policy was updated.</summary>
    public bool Updated { get; private set; }

    /// <summary>It has entries, which are shown to those who watch.</summary>
    public bool IsWatched => _entries.Count > 0;

    public void Started() => Add(EntryKind.Started, null, Run.Spec);

    /// <returns>The decision as it is stored, and as every reply carries it.</returns>
    public byte[] Decided(Decided decided)
    {
        var bytes = decided.Decision.ToByteArray();
        Add(EntryKind.Decided, decided.Decision.Interval, bytes, observation: ObservationBytes.From(decided.Observation));
        Agent = Agent with { Decisions = Agent.Decisions + 1 };
        Run = Run with { Decisions = Run.Decisions + 1, Updated = now };
        return bytes;
    }

    public void Reported(int interval, Report report, Learned learned)
    {
        Add(EntryKind.Reported, interval, report.ToByteArray(), reward: learned.Reward);
        Agent = Agent with { Reports = Agent.Reports + 1 };
        Run = Run.After(report, learned.Reward) with { Reports = Run.Reports + 1, Updated = now };
        if (learned.Update is { } update)
        {
            UpdatedTo(update);
        }
    }

    public void UpdatedTo(PolicyUpdate update)
    {
        Add(EntryKind.Updated, null, update.ToByteArray());
        Agent = Agent with { PolicyVersion = update.PolicyVersion };
        Updated = true;
    }

    public void BatchDecided(BatchRow batch)
    {
        _decided.Add(batch);
        Agent = Agent with { Batches = Agent.Batches + 1, PolicyVersion = Math.Max(Agent.PolicyVersion, batch.PolicyVersion) };
        Run = Run with { Batches = Run.Batches + 1, Updated = now };
    }

    public void BatchRewarded(LoggedReward reward)
    {
        _rewarded.Add(reward);
        Run = Run with { Rewarded = Run.Rewarded + 1, Updated = now };
    }

    public void Finished()
    {
        Add(EntryKind.Finished, null, null);
        Run = Run with { Finished = now };
    }

    /// <summary>Writes all of it, for a run that is there. On the thread that decided: a decision waits for every change of threads.</summary>
    public void Append(LogDatabase database) => database.Append(Addition());

    /// <summary>As <see cref="Append"/>, with the flush to the disk behind it: see <see cref="LogDatabase.AppendAhead"/>.</summary>
    public void AppendAhead(LogDatabase database) => database.AppendAhead(Addition());

    /// <summary>Writes all of it, for a run that is not there yet.</summary>
    public Task CreateAsync(LogDatabase database) => database.CommitAsync(context =>
    {
        context.Agents.Update(Agent);
        context.Runs.Add(Run);
        context.Entries.AddRange(_entries);
    });

    private LogAddition Addition() => new(_before, Agent, Run, _entries, _decided, _rewarded);

    private void Add(EntryKind kind, int? interval, byte[]? payload, byte[]? observation = null, double? reward = null)
    {
        Agent = Agent with { LastSequence = Agent.LastSequence + 1 };
        _entries.Add(new()
        {
            AgentId = Agent.Id,
            Sequence = Agent.LastSequence,
            RunId = Run.RunId,
            Kind = kind,
            Interval = interval,
            Time = now,
            Payload = payload,
            Observation = observation,
            Reward = reward,
        });
    }
}
