using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace MixPolicy.Agent.Log;

/// <summary>
/// Adds to the log of a run that is there, in one transaction. Prepared statements in the SQL that SQLite and PostgreSQL share: this is what every
/// decision waits for, and the change tracker takes several times as long as the disk. Not thread-safe.
/// </summary>
/// <param name="connection">Open whenever something is added.</param>
internal sealed class LogAppend(DbConnection connection) : IDisposable
{
    private readonly DbCommand _agent = Command(
        connection,
        """
        UPDATE "agents" SET "LastSequence" = @p0, "PolicyVersion" = @p1, "Decisions" = @p2, "Reports" = @p3
        WHERE "Id" = @p4 AND "LastSequence" = @p5
        """,
        6);

    private readonly DbCommand _run = Command(
        connection,
        """
        UPDATE "runs" SET "Updated" = @p0, "Finished" = @p1, "LeaseExpires" = @p2, "Decisions" = @p3, "Reports" = @p4
        WHERE "AgentId" = @p5 AND "RunId" = @p6
        """,
        7);

    private readonly DbCommand _entry = Command(
        connection,
        """
        INSERT INTO "log" ("AgentId", "Sequence", "RunId", "Kind", "Interval", "Time", "Payload", "Observation", "Reward")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """,
        9);

    /// <param name="before">Position of the log's last entry before: the fence against a second writer.</param>
    /// <param name="agent">The agent after.</param>
    /// <param name="run">The run after.</param>
    /// <exception cref="DbUpdateConcurrencyException">Someone else has written; nothing was changed.</exception>
    /// <exception cref="DbException">Nothing was changed.</exception>
    public void Append(long before, AgentRow agent, RunRow run, IEnumerable<LogRow> entries)
    {
        using var transaction = connection.BeginTransaction();
        if (Execute(_agent, transaction, agent.LastSequence, agent.PolicyVersion, agent.Decisions, agent.Reports, agent.Id, before) != 1)
        {
            throw new DbUpdateConcurrencyException(string.Create(CultureInfo.InvariantCulture, $"the log of {agent.Id} does not end at {before}"));
        }

        if (Execute(
            _run, transaction, run.Updated.UtcTicks, run.Finished?.UtcTicks, run.LeaseExpires.UtcTicks, run.Decisions, run.Reports, run.AgentId, run.RunId) != 1)
        {
            throw new DbUpdateConcurrencyException($"{run.Name} is not there");
        }

        foreach (var entry in entries)
        {
            Execute(
                _entry, transaction, entry.AgentId, entry.Sequence, entry.RunId, (int)entry.Kind, entry.Interval, entry.Time.UtcTicks, entry.Payload,
                entry.Observation, entry.Reward);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _agent.Dispose();
        _run.Dispose();
        _entry.Dispose();
    }

    private static DbCommand Command(DbConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{i}");
            command.Parameters.Add(parameter);
        }

        return command;
    }

    // SQLite keeps the compiled statement with the command from the first execution on.
    private static int Execute(DbCommand command, DbTransaction transaction, params ReadOnlySpan<object?> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command.ExecuteNonQuery();
    }
}
