using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Live;

/// <summary>Notices leases that lapse and runs that are taken up again. Neither is logged: a lapse is the absence of something.</summary>
internal sealed class LeaseWatch(LogDatabase database, LeaseRules leases, AgentClock clock, Caller caller, AgentName agent, RunName? run)
{
    private HashSet<RunName> _stale = [];

    /// <summary>The changes since the last call; at the first call, the runs that are stale.</summary>
    public async Task<IReadOnlyList<RunEvent>> NextAsync(CancellationToken cancellationToken)
    {
        await using var context = database.Read(caller);
        var runs = run is { } only ? context.Runs.Of(only) : agent == AgentName.Any ? context.Runs : context.Runs.Where(row => row.AgentId == agent.Id);
        var unfinished = await runs.Where(row => row.Finished == null).ToListAsync(cancellationToken);
        var stale = unfinished.Where(row => leases.StateOf(row) == RunState.Stale).Select(row => row.Name).ToHashSet();
        var active = unfinished.Select(row => row.Name).Where(name => _stale.Contains(name) && !stale.Contains(name));
        var changes = stale.Except(_stale).Select(name => Event(name, RunState.Stale)).Concat(active.Select(name => Event(name, RunState.Active))).ToList();
        _stale = stale;
        return changes;
    }

    private RunEvent Event(RunName name, RunState state) => new() { Run = name.ToString(), Time = clock.Now.ToTimestamp(), State = state };
}
