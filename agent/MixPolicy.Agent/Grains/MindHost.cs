using System.Diagnostics;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Threads;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>
/// The mind of one agent on its model thread. It is a function of the log: built when first needed from the newest good snapshot and the entries after it,
/// thrown away when it may have moved past the log. All methods queue work on the thread and keep its order.
/// </summary>
internal sealed partial class MindHost(AgentRow agent, ModelThread thread, LogDatabase database, CheckpointStore snapshots, AgentMeasures measures, ILogger logger)
{
    // A policy that does not learn has no updates; this bounds its replay.
    private const long MostReplayed = 1000;

    // Both touched on the thread only.
    private AgentMind? _mind;
    private long _saved;

    /// <summary>Runs <paramref name="work"/> with the mind as it is at the end of the log. If it fails, the mind is thrown away; a refusal comes before any change.</summary>
    public Task<T> RunAsync<T>(Func<AgentMind, T> work)
    {
        var asker = Activity.Current;
        return thread.RunAsync(() =>
        {
            using var span = AgentTracing.OnModelThread("policy", asker);
            try
            {
                return work(_mind ??= Restore());
            }
            catch (Exception e)
            {
                span.Failed(e);
                if (e is not RefusalException)
                {
                    Discard();
                }

                throw;
            }
        });
    }

    /// <summary>Throws the mind away; the next use builds it from the log.</summary>
    public Task DiscardAsync() => thread.RunAsync(Discard);

    /// <summary>Saves the mind if the policy was updated, or enough was logged since the last snapshot.</summary>
    /// <param name="position">Position in the log that the mind is at. It is committed.</param>
    /// <returns>Done when the snapshot is durable. It never fails: without a snapshot there is more to replay.</returns>
    public Task SaveAsync(long position, bool updated) => thread.RunAsync(() =>
    {
        if (_mind is not { } mind || (!updated && position - _saved < MostReplayed))
        {
            return;
        }

        try
        {
            var begun = Stopwatch.GetTimestamp();
            snapshots.Save(position, mind.Save);
            _saved = position;
            measures.Saved(Labels.Epoch, begun);
        }
        catch (Exception e)
        {
            // A full disk, or anything else: the decision is committed and its reply on the way.
            SnapshotFailed(agent.Id, position, e);
        }
    });

    private void Discard()
    {
        _mind?.Dispose();
        _mind = null;
    }

    private AgentMind Restore()
    {
        using var context = database.Read();
        var end = context.Agents.Single(row => row.Id == agent.Id).LastSequence;
        var spec = AgentSpec.Parser.ParseFrom(agent.Spec);
        var (mind, position) = FromSnapshot(spec, end) ?? (Begun(spec, context), 0);
        try
        {
            var entries = context.Entries
                .Where(entry => entry.AgentId == agent.Id && entry.Sequence > position)
                .OrderBy(entry => entry.Sequence)
                .AsEnumerable();
            var replayed = new LogReplay(mind, logger).Run(entries);
            Restored(agent.Id, position, replayed, mind.PolicyVersion);
            _saved = position;
            return mind;
        }
        catch
        {
            mind.Dispose();
            throw;
        }
    }

    /// <summary>The mind before the first entry of its log.</summary>
    private AgentMind Begun(AgentSpec spec, LogContext context)
    {
        var mind = new AgentMind(spec);
        if (mind.Transferable is { } policy && context.Imports.SingleOrDefault(row => row.AgentId == agent.Id) is { } import)
        {
            policy.Import(import.Policy);
        }

        return mind;
    }

    /// <summary>The mind of the newest good snapshot and its position in the log, or null.</summary>
    private (AgentMind Mind, long Position)? FromSnapshot(AgentSpec spec, long end)
    {
        if (snapshots.LoadLatest(refusal => SnapshotRefused(agent.Id, refusal.Folder, refusal.Reason)) is not { } snapshot)
        {
            return null;
        }

        if (snapshot.Step > end)
        {
            // Only a database put back from elsewhere can be behind: a snapshot is written after its commit.
            SnapshotAhead(agent.Id, snapshot.Step, end);
            return null;
        }

        try
        {
            return (AgentMind.Restore(spec, snapshot), snapshot.Step);
        }
        catch (CheckpointException e)
        {
            // Whole by its checksums, but written by another version: the log has it all.
            SnapshotRefused(agent.Id, snapshot.Folder, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {Agent}: restored from position {Position} and {Replayed} entries after it, policy version {Version}")]
    private partial void Restored(string agent, long position, int replayed, long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}: snapshot {Folder} is not used: {Reason}")]
    private partial void SnapshotRefused(string agent, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Agent {Agent}: the snapshot at position {Position} is ahead of the log, which ends at {End}; the whole log is replayed")]
    private partial void SnapshotAhead(string agent, long position, long end);

    [LoggerMessage(Level = LogLevel.Error, Message = "Agent {Agent}: no snapshot at position {Position}; it stays with the one before")]
    private partial void SnapshotFailed(string agent, long position, Exception exception);
}
