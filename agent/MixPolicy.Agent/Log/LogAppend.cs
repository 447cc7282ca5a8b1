using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace MixPolicy.Agent.Log;

/// <summary>
/// Adds to the log of a run that is there, in one transaction. Written as SQL that SQLite and PostgreSQL share: this is what every decision waits for, and
/// the change tracker takes several times as long as the disk.
/// </summary>
internal static class LogAppend
{
    /// <param name="before">Position of the log's last entry before: the fence against a second writer.</param>
    /// <param name="agent">The agent after.</param>
    /// <param name="run">The run after.</param>
    /// <exception cref="DbUpdateConcurrencyException">Someone else has written; nothing was changed.</exception>
    public static void Append(this LogContext context, long before, AgentRow agent, RunRow run, IEnumerable<LogRow> entries)
    {
        using var transaction = context.Database.BeginTransaction();
        var updated = context.Database.ExecuteSql(
            $"""
             UPDATE "agents" SET "LastSequence" = {agent.LastSequence}, "PolicyVersion" = {agent.PolicyVersion},
                 "Decisions" = {agent.Decisions}, "Reports" = {agent.Reports}
             WHERE "Id" = {agent.Id} AND "LastSequence" = {before}
             """);
        if (updated != 1)
        {
            throw new DbUpdateConcurrencyException(string.Create(CultureInfo.InvariantCulture, $"the log of {agent.Id} does not end at {before}"));
        }

        updated = context.Database.ExecuteSql(
            $"""
             UPDATE "runs" SET "Updated" = {run.Updated.UtcTicks}, "Finished" = {run.Finished?.UtcTicks}, "LeaseExpires" = {run.LeaseExpires.UtcTicks},
                 "Decisions" = {run.Decisions}, "Reports" = {run.Reports}
             WHERE "AgentId" = {run.AgentId} AND "RunId" = {run.RunId}
             """);
        if (updated != 1)
        {
            throw new DbUpdateConcurrencyException($"{run.Name} is not there");
        }

        foreach (var entry in entries)
        {
            context.Database.ExecuteSql(
                $"""
                 INSERT INTO "log" ("AgentId", "Sequence", "RunId", "Kind", "Interval", "Time", "Payload", "Observation", "Reward")
                 VALUES ({entry.AgentId}, {entry.Sequence}, {entry.RunId}, {(int)entry.Kind}, {entry.Interval}, {entry.Time.UtcTicks}, {entry.Payload},
                     {entry.Observation}, {entry.Reward})
                 """);
        }

        transaction.Commit();
    }
}
