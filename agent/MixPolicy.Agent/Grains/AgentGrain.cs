using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Batches;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Live;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Policies;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;
using MixPolicy.Agent.Telemetry;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>
/// See <see cref="IAgentGrain"/>. Orleans runs one call at a time on its own scheduler; models compute on a <see cref="ModelThreads"/> thread and commits
/// on the thread pool, both awaited here. The rows held here are copies of what is committed.
/// </summary>
internal sealed partial class AgentGrain(
    LogDatabase database,
    DataFolder folder,
    ArtifactFiles artifacts,
    ModelThreads threads,
    LeaseRules leases,
    RunSignals signals,
    AgentClock clock,
    AgentMetrics metrics,
    ExperimentReadings experiments,
    AuditLog audit,
    ILogger<AgentGrain> logger) : Grain, IAgentGrain
{
    private const string SnapshotKind = "agent-mind";
    private const int SnapshotSchema = 1;

    private readonly Dictionary<RunName, RunRow> _runs = [];
    private AgentRow? _agent;
    private MindHost? _mind;
    private BatchHost? _batches;
    private AgentMeasures? _measures;

    private AgentName Name => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await using var context = database.ReadAll();
        var id = Name.Id;
        Become(await context.Agents.SingleOrDefaultAsync(row => row.Id == id, cancellationToken));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await DiscardAsync();
    }

    public async Task<byte[]> Create(byte[] spec)
    {
        if (_agent is not null)
        {
            if (!IsVisible(_agent))
            {
                throw Refusal.Taken(Name.ToString());
            }

            var differences = Differences.Between("spec", AgentSpec.Parser.ParseFrom(_agent.Spec), AgentSpec.Parser.ParseFrom(spec)).ToList();
            return differences.Count == 0 ? Wire(_agent.ToMessage()) : throw Refusal.Differs(Name.ToString(), differences);
        }

        var agent = new AgentRow { Id = Name.Id, Incarnation = Guid.NewGuid(), Spec = spec, Created = clock.Now, Owner = Caller.Current!.Owner }.Described(AgentSpec.Parser.ParseFrom(spec));
        await CommitAsync(context => context.Agents.Add(agent));
        Become(agent);
        audit.AgentCreated(Caller.Current, Name);
        return Wire(agent.ToMessage());
    }

    public async Task Delete(bool force)
    {
        var agent = Existing();
        if (!force)
        {
            await using var context = database.ReadAll();
            var unfinished = await context.Runs.Where(row => row.AgentId == agent.Id && row.Finished == null).ToListAsync();
            if (unfinished.FirstOrDefault(row => leases.StateOf(row) == RunState.Active) is { } active)
            {
                throw Refusal.OutOfOrder($"{active.Name} is active; force deletes {Name} all the same.");
            }
        }

        await CommitAsync(context => context.Agents.Remove(agent));
        audit.AgentDeleted(Caller.Current!, Name);
        await DiscardAsync();
        DeleteSnapshots(agent);
        artifacts.Delete(agent);
        _measures!.Deleted();
        _runs.Clear();
        Become(null);
        DeactivateOnIdle();
    }

    private static byte[] Wire(Google.Protobuf.IMessage message) => Google.Protobuf.MessageExtensions.ToByteArray(message);

    private void Become(AgentRow? agent)
    {
        _agent = agent;
        (_mind, _batches) = (null, null);
        if (agent is null)
        {
            return;
        }

        _measures = new(metrics, experiments, agent);
        var thread = threads.Next();
        _mind = new(agent, thread, database, new(SnapshotFolder(agent), SnapshotKind, SnapshotSchema), _measures, logger);
        if (AgentSpec.Parser.ParseFrom(agent.Spec) is var spec && BatchPolicies.Has(spec))
        {
            _batches = new(agent, spec, thread, database, Path.Combine(SnapshotFolder(agent), "batches"), _measures, logger);
        }
    }

    private async Task DiscardAsync()
    {
        if (_mind is { } mind)
        {
            await mind.DiscardAsync();
        }

        if (_batches is { } batches)
        {
            await batches.DiscardAsync();
        }
    }

    /// <summary>The agent, to a caller who may see it. To all others there is none: they do not learn that the name is in use.</summary>
    private AgentRow Existing()
    {
        if (_agent is { } agent && IsVisible(agent))
        {
            return agent;
        }

        if (_agent is null)
        {
            DeactivateOnIdle();
        }

        throw Refusal.NotFound(Name.ToString());
    }

    private static bool IsVisible(AgentRow agent) => Caller.Current?.MaySee(agent.Owner) == true;

    private async Task<RunRow> ExistingAsync(RunName name) => await FindAsync(name) ?? throw Refusal.NotFound(name.ToString());

    private async Task<RunRow?> FindAsync(RunName name)
    {
        Existing();
        if (!_runs.TryGetValue(name, out var run))
        {
            await using var context = database.ReadAll();
            run = await context.Runs.Of(name).SingleOrDefaultAsync();
            if (run is not null)
            {
                _runs.Add(name, run);
            }
        }

        return run;
    }

    /// <summary>Does what a call asks, commits it in one transaction, and then lets it be seen.</summary>
    private async Task CommitAsync(LogTransaction transaction, Func<Task> commit)
    {
        await CommitAsync(commit, () => transaction.IsWatched);
        _agent = transaction.Agent;
        if (transaction.Run.Finished is null)
        {
            _runs[transaction.Run.Name] = transaction.Run;
        }
        else
        {
            _runs.Remove(transaction.Run.Name);
        }
    }

    private Task CommitAsync(Action<LogContext> change) => CommitAsync(() => database.CommitAsync(change), () => true);

    private async Task CommitAsync(Func<Task> commit, Func<bool> isWatched)
    {
        try
        {
            await commit();
        }
        catch (Exception e) when (e is not RefusalException)
        {
            // Memory may be ahead of the log now, or another activation has written: nothing held here can be trusted.
            CommitFailed(Name, e);
            await DiscardAsync();
            DeactivateOnIdle();
            if (e is DbUpdateException or System.Data.Common.DbException)
            {
                throw Refusal.Unavailable("The decision log cannot be written, so nothing was done; the service's log has the cause. Retry.");
            }

            throw;
        }

        if (isWatched())
        {
            signals.Committed(Name);
        }
    }

    private string SnapshotFolder(AgentRow agent) => Path.Combine(folder.Snapshots, AgentFolder.NameOf(agent));

    private void RemoveSnapshots(AgentRow agent)
    {
        if (Directory.Exists(SnapshotFolder(agent)))
        {
            Directory.Delete(SnapshotFolder(agent), recursive: true);
        }
    }

    private void DeleteSnapshots(AgentRow agent)
    {
        try
        {
            RemoveSnapshots(agent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody will read it again, and the next start tries again.
            SnapshotsLeft(SnapshotFolder(agent), e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Agent}: nothing was done; its state is rebuilt from the log")]
    private partial void CommitFailed(AgentName agent, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} could not be deleted")]
    private partial void SnapshotsLeft(string folder, Exception exception);
}
