using System.Diagnostics;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Policies;
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
            BatchSpool.DeleteOutside(folder, _saved, position);
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
        var committed = Committed();
        var (learner, isLoaded) = Load(committed);
        try
        {
            if (!Spec.Frozen)
            {
                _begun = _saved = learner.Position;
                var (begin, length) = Replay(learner, committed);
                learner.Spool = BatchSpool.Open(folder, begin, length, logger);
            }

            var replayed = learner.Position - _saved;
            if (Reconcile(learner, committed))
            {
                // What the spool has would not fit what comes, nor would later snapshots. Where none could be used, the reason may pass: they stay aside.
                if (isLoaded)
                {
                    _snapshots.DeleteAfter(learner.Position);
                }
                else if (Directory.Exists(folder))
                {
                    Array.ForEach(Directory.GetDirectories(folder, "step-*"), SetAside);
                }

                Save(learner);
                Settle();
            }

            Restored(agent.Id, learner.Position, replayed, learner.Policy.Version);
            return learner;
        }
        catch
        {
            learner.Dispose();
            throw;
        }
    }

    /// <summary>The learner as it was at the newest snapshot that can be used, or as it began.</summary>
    private (BatchLearner Learner, bool IsLoaded) Load(Dictionary<string, RunRow> committed)
    {
        while (!Spec.Frozen && _snapshots.LoadLatest(refusal => SnapshotRefused(agent.Id, refusal.Folder, refusal.Reason)) is { } snapshot)
        {
            var learner = new BatchLearner(Spec, Fit, BatchPolicies.Create(Spec));
            try
            {
                learner.Load(snapshot);
                if (learner.Runs.All(run => committed.TryGetValue(run.Key, out var row) && row.Batches >= run.Value.Batches && row.Rewarded >= run.Value.Rewarded))
                {
                    return (learner, true);
                }

                // Only a database put back from elsewhere can be behind.
                SnapshotRefused(agent.Id, snapshot.Folder, "it is ahead of the log");
            }
            catch (CheckpointException e)
            {
                SnapshotRefused(agent.Id, snapshot.Folder, e.Message);
            }

            // Out of the way of the one before it.
            learner.Dispose();
            SetAside(snapshot.Folder);
        }

        var begun = new BatchLearner(Spec, Fit, BatchPolicies.Create(Spec));
        using var context = database.Read();
        if (context.Imports.SingleOrDefault(row => row.AgentId == agent.Id) is { } import)
        {
            begun.Policy.Import(import.Policy);
        }

        return (begun, false);
    }

    /// <summary>Keeps a snapshot that is not used, under a name that is not looked for. It goes with its agent.</summary>
    private static void SetAside(string snapshot) =>
        Directory.Move(snapshot, Path.Combine(Path.GetDirectoryName(snapshot)!, $"unused-{Path.GetFileName(snapshot)}-{Guid.NewGuid():N}"));

    /// <summary>Puts the steps of the spool, as far as they are committed, through the learner again.</summary>
    /// <returns>Where the last spool begins, and the length of it that counts.</returns>
    private (long Begin, long Length) Replay(BatchLearner learner, Dictionary<string, RunRow> committed)
    {
        while (true)
        {
            var (begin, length) = (learner.Position, 0L);
            foreach (var (entry, end) in BatchSpool.Read(folder, begin, reason => SpoolRefused(agent.Id, learner.Position, reason)))
            {
                if (!IsCommitted(entry, committed) || !Fits(entry, learner))
                {
                    return (begin, length);
                }

                try
                {
                    Replay(learner, entry);
                }
                catch (ArgumentException e)
                {
                    // It was another version's. Its run is found to be behind.
                    SpoolRefused(agent.Id, learner.Position, e.Message);
                    return (begin, length);
                }

                length = end;
            }

            if (learner.Position == begin || !File.Exists(BatchSpool.PathAt(folder, learner.Position)))
            {
                return (begin, length);
            }
        }
    }

    private void Replay(BatchLearner learner, SpoolEntry entry)
    {
        switch (entry.Ending)
        {
            case RunEnding.Finished:
                learner.Finish(entry.Work.Run);
                return;
            case RunEnding.Abandoned:
                learner.Abandon(entry.Work.Run);
                return;
        }

        if (learner.Do(entry.Work).Draw is not { } again)
        {
            return;
        }

        var logged = entry.Draw!;
        if (again.Bins.AsSpan().SequenceEqual(logged.Bins) && (again.Method, again.Version) == (logged.Method, logged.Version))
        {
            if (!SameBits(again.LogProbability, logged.LogProbability) || !SameBits(again.Value, logged.Value))
            {
                DecisionRounds(entry.Work.Run, entry.Batch, logged.LogProbability, again.LogProbability, logged.Value, again.Value);
            }
        }
        else
        {
            // As on another processor. The reply stays the logged one, and the policy does not learn from what was not done.
            DecisionDiffers(entry.Work.Run, entry.Batch);
            var progress = learner.Runs[entry.Work.Run];
            learner.Lose(entry.Work.Run, progress.Batches, progress.Rewarded, progress.Images);
        }
    }

    private static bool SameBits(float one, float other) => BitConverter.SingleToInt32Bits(one) == BitConverter.SingleToInt32Bits(other);

    private static bool IsCommitted(SpoolEntry entry, Dictionary<string, RunRow> committed) =>
        committed.TryGetValue(entry.Work.Run, out var run)
        && (entry.Ending != RunEnding.Finished || run.Finished is not null)
        && (entry.Draw is null || run.Batches > entry.Batch)
        && entry.Work.Rewards.All(reward => run.Rewarded > reward.Batch);

    /// <summary>It goes on where the learner is.</summary>
    private static bool Fits(SpoolEntry entry, BatchLearner learner)
    {
        var run = learner.Runs.GetValueOrDefault(entry.Work.Run) ?? new();
        return (entry.Draw is null || entry.Batch == run.Batches)
            && entry.Work.Rewards.Count <= run.Images.Count
            && entry.Work.Rewards.Select((reward, i) => reward.Batch == run.Rewarded + i).All(same => same);
    }

    /// <summary>What is decided and the learner does not know is lost to it.</summary>
    /// <returns>Whether there was something.</returns>
    private bool Reconcile(BatchLearner learner, Dictionary<string, RunRow> committed)
    {
        var lost = false;
        foreach (var (name, row) in committed)
        {
            var known = learner.Runs.GetValueOrDefault(name) ?? new();
            if (row.Finished is not null)
            {
                learner.Finish(name);
            }
            else if (Spec.Frozen)
            {
                learner.Lose(name, row.Batches, row.Rewarded, images: []);
            }
            else if (!known.IsAt(row.Batches, row.Rewarded))
            {
                SpoolIncomplete(name, known.Batches, row.Batches);
                using var context = database.Read();
                var images = context.Batches.Of(row.Name).Where(batch => batch.Batch >= row.Rewarded).OrderBy(batch => batch.Batch).Select(batch => batch.Bins).ToList();
                learner.Lose(name, row.Batches, row.Rewarded, [.. images.Select(bins => bins.Length)]);
                lost = true;
            }
        }

        return lost;
    }

    private Dictionary<string, RunRow> Committed()
    {
        using var context = database.Read();
        return context.Runs.Where(row => row.AgentId == agent.Id && row.Batches > 0).AsEnumerable().ToDictionary(row => row.Name.ToString(), StringComparer.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {Agent}: batch policy restored at position {Position}, {Replayed} of it from the spool, version {Version}")]
    private partial void Restored(string agent, long position, long replayed, long version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}: batch snapshot {Folder} is not used: {Reason}")]
    private partial void SnapshotRefused(string agent, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Agent {Agent}: no batch snapshot at position {Position}; it stays with the one before")]
    private partial void SnapshotFailed(string agent, long position, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: the observations kept beside the log end at batch {Known} of {Decided}: the policy goes on from there. No logged decision changes")]
    private partial void SpoolIncomplete(string run, long known, long decided);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}: the entry at position {Position} of the spool is not used: {Reason}")]
    private partial void SpoolRefused(string agent, long position, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: batch {Batch} replays otherwise, as on another processor. The logged decision holds, and the policy does not learn from it")]
    private partial void DecisionDiffers(string run, long batch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: batch {Batch} replays with other rounding, as on another processor: log-probability {Logged} was logged and {Again} came, value {LoggedValue} and {AgainValue}. The policy goes on")]
    private partial void DecisionRounds(string run, long batch, float logged, float again, float loggedValue, float againValue);
}
