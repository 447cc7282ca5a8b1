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
        UPDATE "agents" SET "LastSequence" = @p0, "PolicyVersion" = @p1, "Decisions" = @p2, "Reports" = @p3, "Batches" = @p4
        WHERE "Id" = @p5 AND "LastSequence" = @p6 AND "Batches" = @p7
        """,
        8);

    private readonly DbCommand _run = Command(
        connection,
        """
        UPDATE "runs" SET "Updated" = @p0, "Finished" = @p1, "LeaseExpires" = @p2, "Decisions" = @p3, "Reports" = @p4, "Batches" = @p5, "Rewarded" = @p6,
            "Progress" = @p7, "TrainLoss" = @p8, "HoldoutLoss" = @p9, "HoldoutTop1" = @p10, "TestTop1" = @p11, "Reward" = @p12, "BestHoldoutTop1" = @p13
        WHERE "AgentId" = @p14 AND "RunId" = @p15
        """,
        16);

    private readonly DbCommand _entry = Command(
        connection,
        """
        INSERT INTO "log" ("AgentId", "Sequence", "RunId", "Kind", "Interval", "Time", "Payload", "Observation", "Reward")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """,
        9);

    private readonly DbCommand _batch = Command(
        connection,
        """
        INSERT INTO "batches" ("AgentId", "RunId", "Batch", "Time", "Bins", "Method", "PolicyVersion", "LogProbability", "Value")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """,
        9);

    private readonly DbCommand _reward = Command(
        connection,
        """
        UPDATE "batches" SET "Rewards" = @p0, "Last" = @p1 WHERE "AgentId" = @p2 AND "RunId" = @p3 AND "Batch" = @p4 AND "Rewards" IS NULL
        """,
        5);

    /// <param name="addition">What is added. The agent as it was before is the fence against a second writer.</param>
    /// <exception cref="DbUpdateConcurrencyException">Someone else has written; nothing was changed.</exception>
    /// <exception cref="DbException">Nothing was changed.</exception>
    public void Append(LogAddition addition)
    {
        var (before, agent, run) = (addition.Before, addition.Agent, addition.Run);
        using var transaction = connection.BeginTransaction();
        if (Execute(
            _agent, transaction, agent.LastSequence, agent.PolicyVersion, agent.Decisions, agent.Reports, agent.Batches, agent.Id, before.LastSequence,
            before.Batches) != 1)
        {
            throw new DbUpdateConcurrencyException(
                string.Create(CultureInfo.InvariantCulture, $"the log of {agent.Id} does not end at {before.LastSequence} and batch {before.Batches}"));
        }

        if (Execute(
            _run, transaction, run.Updated.UtcTicks, run.Finished?.UtcTicks, run.LeaseExpires.UtcTicks, run.Decisions, run.Reports, run.Batches, run.Rewarded,
            run.Progress, run.TrainLoss, run.HoldoutLoss, run.HoldoutTop1, run.TestTop1, run.Reward, run.BestHoldoutTop1, run.AgentId, run.RunId) != 1)
        {
            throw new DbUpdateConcurrencyException($"{run.Name} is not there");
        }

        foreach (var entry in addition.Entries)
        {
            Execute(
                _entry, transaction, entry.AgentId, entry.Sequence, entry.RunId, (int)entry.Kind, entry.Interval, entry.Time.UtcTicks, entry.Payload,
                entry.Observation, entry.Reward);
        }

        foreach (var batch in addition.Decided)
        {
            Execute(
                _batch, transaction, batch.AgentId, batch.RunId, batch.Batch, batch.Time.UtcTicks, batch.Bins, (int)batch.Method, batch.PolicyVersion,
                batch.LogProbability, batch.Value);
        }

        foreach (var (batch, rewards, last) in addition.Rewarded)
        {
            if (Execute(_reward, transaction, rewards, last ? 1 : 0, run.AgentId, run.RunId, batch) != 1)
            {
                throw new DbUpdateConcurrencyException(string.Create(CultureInfo.InvariantCulture, $"batch {batch} of {run.Name} is not there without a reward"));
            }
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _agent.Dispose();
        _run.Dispose();
        _entry.Dispose();
        _batch.Dispose();
        _reward.Dispose();
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
