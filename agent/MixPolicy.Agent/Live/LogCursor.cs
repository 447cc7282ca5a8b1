using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Live;

/// <summary>Reads the log of one agent onwards, as events.</summary>
/// <param name="run">Events of this run only, or null for all of the agent.</param>
/// <param name="position">Events after this position.</param>
internal sealed class LogCursor(LogDatabase database, Caller caller, AgentName agent, RunName? run, long position)
{
    private const int Batch = 200;

    /// <summary>All events up to here have been read.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The next events, at most a batch.</summary>
    /// <param name="end">Position up to which the log is known to be committed.</param>
    public async Task<IReadOnlyList<RunEvent>> NextAsync(long end, CancellationToken cancellationToken)
    {
        await using var context = database.Read(caller);
        var entries = context.Entries.Where(row => row.AgentId == agent.Id && row.Sequence > Position && row.Sequence <= end);
        if (run is { } only)
        {
            entries = entries.Where(row => row.RunId == only.Id);
        }

        // A report is shown with its decision.
        var decisions = context.Entries.Where(row => row.Kind == EntryKind.Decided);
        var rows = await (
            from entry in entries.OrderBy(row => row.Sequence).Take(Batch)
            join decided in decisions on new { entry.AgentId, entry.RunId, entry.Interval } equals new { decided.AgentId, decided.RunId, decided.Interval } into found
            from decided in found.DefaultIfEmpty()
            orderby entry.Sequence
            select new { Entry = entry, Decided = decided }).ToListAsync(cancellationToken);
        Position = rows.Count < Batch ? end : rows[^1].Entry.Sequence;

        return [.. rows.Select(row => ToEvent(row.Entry, row.Decided))];
    }

    private static RunEvent ToEvent(LogRow entry, LogRow? decided)
    {
        var happened = new RunEvent
        {
            Run = new RunName(entry.AgentId, entry.RunId).ToString(),
            Sequence = entry.Sequence,
            Time = entry.Time.ToTimestamp(),
        };
        switch (entry.Kind)
        {
            case EntryKind.Started:
                happened.State = RunState.Active;
                break;
            case EntryKind.Decided:
                happened.Decision = Decision.Parser.ParseFrom(entry.Payload);
                break;
            case EntryKind.Reported:
                happened.Reported = decided!.ToMessage(entry);
                break;
            case EntryKind.Updated:
                happened.Update = PolicyUpdate.Parser.ParseFrom(entry.Payload);
                break;
            case EntryKind.Finished:
                happened.State = RunState.Finished;
                break;
        }

        return happened;
    }
}
