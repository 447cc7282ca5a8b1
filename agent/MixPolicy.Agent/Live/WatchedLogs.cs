using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Live;

/// <summary>The logs that one Watch reads: of one agent, or of all that there are and will be, as far as the caller may see them.</summary>
internal sealed class WatchedLogs(LogDatabase database, Caller caller, AgentName agent, RunName? run)
{
    private readonly Dictionary<Guid, LogCursor> _cursors = [];
    private HashSet<string> _agents = [];

    /// <summary>Takes the logs that are there now from <paramref name="after"/> on; those that come later are read from their beginning.</summary>
    /// <param name="after">A position, or null for the end.</param>
    /// <exception cref="RefusalException">There is no such agent or run, or its log is shorter.</exception>
    public async Task OpenAsync(long? after, CancellationToken cancellationToken)
    {
        await using var context = database.Read(caller);
        var logs = await InScope(context).ToListAsync(cancellationToken);
        if (agent != AgentName.Any && logs.Count == 0)
        {
            throw Refusal.NotFound(agent.ToString());
        }

        if (run is { } only && !await context.Runs.Of(only).AnyAsync(cancellationToken))
        {
            throw Refusal.NotFound(only.ToString());
        }

        foreach (var log in logs)
        {
            if (after > log.LastSequence)
            {
                throw Refusal.Invalid("after_sequence", $"{after}", $"an integer in [0, {log.LastSequence}], the end of the log of {agent}");
            }

            _cursors.Add(log.Incarnation, Cursor(log, after ?? log.LastSequence));
        }
    }

    /// <summary>Whether an agent's log was among them at the last call.</summary>
    public bool Has(string agentId) => _agents.Contains(agentId);

    /// <summary>What was committed since the last call.</summary>
    /// <exception cref="RefusalException">The agent has been deleted.</exception>
    public async IAsyncEnumerable<RunEvent> NextAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<AgentRow> logs;
        await using (var context = database.Read(caller))
        {
            logs = await InScope(context).ToListAsync(cancellationToken);
        }

        if (agent != AgentName.Any && !logs.Any(log => _cursors.ContainsKey(log.Incarnation)))
        {
            throw Refusal.NotFound(agent.ToString());
        }

        _agents = [.. logs.Select(log => log.Id)];
        foreach (var log in logs)
        {
            if (!_cursors.TryGetValue(log.Incarnation, out var cursor))
            {
                _cursors.Add(log.Incarnation, cursor = Cursor(log, 0));
            }

            while (cursor.Position < log.LastSequence)
            {
                foreach (var happened in await cursor.NextAsync(log.LastSequence, cancellationToken))
                {
                    yield return happened;
                }
            }
        }
    }

    private IQueryable<AgentRow> InScope(LogContext context) =>
        agent == AgentName.Any ? context.Agents.OrderBy(row => row.Id) : context.Agents.Where(row => row.Id == agent.Id);

    private LogCursor Cursor(AgentRow log, long position) => new(database, caller, new(log.Id), run, position);
}
