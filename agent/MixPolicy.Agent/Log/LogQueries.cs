using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Log;

/// <summary>A decision and, once there is one, its report.</summary>
public sealed record LoggedInterval
{
    public required LogRow Decided { get; init; }

    public LogRow? Reported { get; init; }
}

/// <summary>What is asked of the log in more than one place.</summary>
public static class LogQueries
{
    public static IQueryable<RunRow> Of(this IQueryable<RunRow> runs, RunName name) => runs.Where(row => row.AgentId == name.Agent && row.RunId == name.Id);

    public static IQueryable<BatchRow> Of(this IQueryable<BatchRow> batches, RunName name) =>
        batches.Where(row => row.AgentId == name.Agent && row.RunId == name.Id);

    /// <summary>The decisions of a run with their reports, in no order.</summary>
    public static IQueryable<LoggedInterval> Intervals(this LogContext context, RunName run) =>
        from decided in context.Entries
        where decided.AgentId == run.Agent && decided.RunId == run.Id && decided.Kind == EntryKind.Decided
        join reported in context.Entries.Where(row => row.Kind == EntryKind.Reported)
            on new { decided.AgentId, decided.RunId, decided.Interval } equals new { reported.AgentId, reported.RunId, reported.Interval } into reports
        from reported in reports.DefaultIfEmpty()
        select new LoggedInterval { Decided = decided, Reported = reported };

    /// <summary>One interval of a run, or null if it is not decided.</summary>
    public static Task<LoggedInterval?> IntervalAsync(this LogContext context, RunName run, int interval, CancellationToken cancellationToken = default) =>
        context.Intervals(run).SingleOrDefaultAsync(row => row.Decided.Interval == interval, cancellationToken);
}
