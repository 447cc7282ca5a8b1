using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MixPolicy.V1;

namespace MixPolicy.Agent.Log;

/// <summary>
/// Fills in what lists show of agents and runs that an older version wrote. A migration cannot: the numbers lie in serialised messages. A row is filled as a whole,
/// so a start that is cut off goes on with the rest the next time.
/// </summary>
internal static class SummaryFill
{
    private const string Missing = """SELECT (SELECT COUNT(*) FROM "runs" WHERE "Dataset" IS NULL) + (SELECT COUNT(*) FROM "agents" WHERE "Policy" IS NULL)""";

    /// <param name="connection">Open. Asked directly, because a query of the context takes a good part of a start.</param>
    public static void Run(SqliteConnection connection, LogContext context)
    {
        using var missing = connection.CreateCommand();
        missing.CommandText = Missing;
        if ((long)missing.ExecuteScalar()! == 0)
        {
            return;
        }

        foreach (var agent in context.Agents.AsNoTracking().Where(row => row.Policy == null).ToList())
        {
            context.Agents.Update(agent.Described(AgentSpec.Parser.ParseFrom(agent.Spec)));
        }

        foreach (var run in context.Runs.AsNoTracking().Where(row => row.Dataset == null).ToList())
        {
            context.Runs.Update(Filled(context, run));
        }

        context.SaveChanges();
    }

    private static RunRow Filled(LogContext context, RunRow run) => context.Entries
        .AsNoTracking()
        .Where(row => row.AgentId == run.AgentId && row.RunId == run.RunId && row.Kind == EntryKind.Reported)
        .OrderBy(row => row.Interval)
        .Select(row => new { row.Payload, row.Reward })
        .AsEnumerable()
        .Aggregate(run.Described(RunSpec.Parser.ParseFrom(run.Spec)), (row, entry) => row.After(Report.Parser.ParseFrom(entry.Payload), entry.Reward));
}
