using System.Diagnostics;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Threads;
using MixPolicy.V1;

namespace MixPolicy.Agent.Batches;

/// <summary>
/// The batch policy of one agent on its model thread. Built when first needed from the newest good snapshot and the spool after it, thrown away when it
/// may have moved past the log. Which batches are decided only the log says. All methods queue work on the thread and keep its order.
/// </summary>
internal sealed partial class BatchHost(AgentRow agent, AgentSpec spec, ModelThread thread, LogDatabase database, string folder, AgentMeasures measures, ILogger logger)
{
    private const string SnapshotKind = "agent-batches";
    private const int SnapshotSchema = 1;

    // A snapshot takes the disk tens of milliseconds, a step put through again one or two: small rollouts share one.
    private const int LeastSteps = 64;

    private readonly CheckpointStore _snapshots = new(folder, SnapshotKind, SnapshotSchema);

    // Touched on the thread only.
    private BatchLearner? _learner;
    private long _begun;
    private Task? _snapshot;

    // By whoever writes a snapshot, or has waited for it.
    private long _saved;

    public AgentSpec Spec { get; } = spec;

    public BatchFit Fit { get; } = new(spec);

    /// <summary>
    /// Runs <paramref name="work"/> with the learner as it is at the end of the log. If it fails, the learner is thrown away; a refusal comes before any change.
    /// </summary>
    public Task<T> RunAsync<T>(Func<BatchLearner, T> work)
    {
        var asker = Activity.Current;
        return thread.RunAsync(() =>
        {
            using var span = AgentTracing.OnModelThread("batch policy", asker);
            try
            {
                return work(_learner ??= Restore());
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

    /// <summary>Throws the learner away, once its snapshot is written; the next use builds it again.</summary>
    public Task DiscardAsync() => thread.RunAsync(() =>
    {
        Discard();
        Settle();
    });

    /// <summary>Makes the log durable, behind the work that is queued.</summary>
    public Task FlushAsync() => thread.RunAsync(database.Flush);

    /// <summary>
    /// Begins a new spool and a snapshot of the learner, all of whose steps are committed, if enough was done since the last one and none is being written. Only what
    /// it copies holds up the decisions that come: the disk may take its time.
    /// </summary>
    /// <returns>Done when it is copied. It never fails: without a snapshot there are more spools to go through.</returns>
    public Task SaveAsync() => thread.RunAsync(() =>
    {
        if (_learner is { } learner && learner.Position - _begun >= LeastSteps && _snapshot is not { IsCompleted: false })
        {
            Save(learner);
        }
    });

    private void Save(BatchLearner learner)
    {
        try
        {
            var (position, captured) = (learner.Position, new CapturedCheckpoint(learner.Save));
            learner.Spool?.Dispose();
            learner.Spool = null;
            learner.Spool = BatchSpool.Open(folder, position, length: 0, logger);
            _begun = position;
            _snapshot = WriteAsync(captured, position);
        }
        catch (Exception e)
        {
            SnapshotFailed(agent.Id, learner.Position, e);
        }
    }

    private async Task WriteAsync(CapturedCheckpoint captured, long position)
    {
        // Off the model thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            _snapshots.Save(position, captured.AddTo);
            measures.Saved(Labels.Batch, begun);
            // The snapshot before is kept, and what leads from it to this one.
            SpoolFiles.DeleteOutside(folder, _saved, position);
            _saved = position;
        }
        catch (Exception e)
        {
            // A full disk, or anything else: the decision is committed and its reply on the way.
            SnapshotFailed(agent.Id, position, e);
        }
    }

    /// <summary>Waits for the snapshot that is being written: one writer at a time.</summary>
    private void Settle() => _snapshot?.GetAwaiter().GetResult();

    private void Discard()
    {
        _learner?.Dispose();
        _learner = null;
    }

    private BatchLearner Restore()
    {
        Settle();
        var found = new BatchRecovery(agent.Id, Spec, Fit, database, folder, _snapshots, logger).Find();
        _begun = _saved = found.Saved;
        if (found.IsBehind)
        {
            Save(found.Learner);
            Settle();
        }

        Restored(agent.Id, found.Learner.Position, found.Replayed, found.Learner.Policy.Version);
        return found.Learner;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {Agent}: batch policy restored at position {Position}, {Replayed} of it from the spool, version {Version}")]
    private partial void Restored(string agent, long position, long replayed, long version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Agent {Agent}: no batch snapshot at position {Position}; it stays with the one before")]
    private partial void SnapshotFailed(string agent, long position, Exception exception);
}
