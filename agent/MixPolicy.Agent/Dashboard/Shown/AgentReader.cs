using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Dashboard.Shown;

/// <summary>An update of an agent's policy.</summary>
internal sealed record ShownUpdate(long Version, RunName Run, DateTimeOffset Time, IReadOnlyDictionary<string, double> Diagnostics);

/// <summary>What the page of an agent shows that no list has. Thread-safe.</summary>
internal sealed class AgentReader(LogDatabase database)
{
    /// <summary>The spec as the agent keeps it, defaults filled in.</summary>
    /// <exception cref="RefusalException">There is no such agent.</exception>
    public async Task<AgentSpec> SpecAsync(AgentName agent, CancellationToken cancellationToken)
    {
        await using var context = database.Read();
        var spec = await context.Agents.Where(row => row.Id == agent.Id).Select(row => row.Spec).SingleOrDefaultAsync(cancellationToken);
        return AgentSpec.Parser.ParseFrom(spec ?? throw Refusal.NotFound(agent.ToString()));
    }

    /// <summary>The latest updates, in their order.</summary>
    public async Task<IReadOnlyList<ShownUpdate>> UpdatesAsync(AgentName agent, int most, CancellationToken cancellationToken)
    {
        await using var context = database.Read();
        var rows = await context.Entries
            .Where(row => row.AgentId == agent.Id && row.Kind == EntryKind.Updated)
            .OrderByDescending(row => row.Sequence)
            .Take(most)
            .Select(row => new { row.RunId, row.Time, row.Payload })
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return [.. rows.Select(row => Of(new(agent.Id, row.RunId), row.Time, PolicyUpdate.Parser.ParseFrom(row.Payload)))];
    }

    private static ShownUpdate Of(RunName run, DateTimeOffset time, PolicyUpdate update) =>
        new(update.PolicyVersion, run, time, new SortedDictionary<string, double>(update.Diagnostics, StringComparer.Ordinal));
}
