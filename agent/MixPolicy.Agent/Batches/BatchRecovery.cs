using MixPolicy.Agent.Log;
using MixPolicy.Agent.Policies;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Batches;

/// <summary>Brings the batch policy of an agent to where its log ends: from the newest good snapshot, through the spools after it. On its model thread.</summary>
/// <param name="agent">Its id.</param>
internal sealed partial class BatchRecovery(string agent, AgentSpec spec, BatchFit fit, LogDatabase database, string folder, CheckpointStore snapshots, ILogger logger)
{
    /// <summary>The learner at the end of the log, with a spool that is open behind what counts of it.</summary>
    public RecoveredLearner Find()
    {
        var committed = Committed();
        var (learner, isLoaded) = Load(committed);
        try
        {
            var saved = learner.Position;
            if (!spec.Frozen)
            {
                var (begin, length) = Replay(learner, committed);
                learner.Spool = BatchSpool.Open(folder, begin, length, logger);
            }

            var replayed = learner.Position - saved;
            var isBehind = Reconcile(learner, committed);
            if (isBehind)
            {
                Clear(learner, isLoaded);
            }

            return new(learner, saved, replayed, isBehind);
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
        while (!spec.Frozen && snapshots.LoadLatest(refusal => SnapshotRefused(agent, refusal.Folder, refusal.Reason)) is { } snapshot)
        {
            var learner = new BatchLearner(spec, fit, BatchPolicies.Create(spec));
            try
            {
                learner.Load(snapshot);
                if (learner.Runs.All(run => committed.TryGetValue(run.Key, out var row) && row.Batches >= run.Value.Batches && row.Rewarded >= run.Value.Rewarded))
                {
                    return (learner, true);
                }

                // Only a database put back from elsewhere can be behind.
                SnapshotRefused(agent, snapshot.Folder, "it is ahead of the log");
            }
            catch (CheckpointException e)
            {
                SnapshotRefused(agent, snapshot.Folder, e.Message);
            }

            // Out of the way of the one before it.
            learner.Dispose();
            SetAside(snapshot.Folder);
        }

        var begun = new BatchLearner(spec, fit, BatchPolicies.Create(spec));
        using var context = database.ReadAll();
        if (context.Imports.SingleOrDefault(row => row.AgentId == agent) is { } import)
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
            foreach (var (entry, end) in SpoolReader.Read(folder, begin, reason => SpoolRefused(agent, learner.Position, reason)))
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
                    SpoolRefused(agent, learner.Position, e.Message);
                    return (begin, length);
                }

                length = end;
            }

            if (learner.Position == begin || !File.Exists(SpoolFiles.PathAt(folder, learner.Position)))
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
            else if (spec.Frozen)
            {
                learner.Lose(name, row.Batches, row.Rewarded, images: []);
            }
            else if (!known.IsAt(row.Batches, row.Rewarded))
            {
                SpoolIncomplete(name, known.Batches, row.Batches);
                using var context = database.ReadAll();
                var images = context.Batches.Of(row.Name).Where(batch => batch.Batch >= row.Rewarded).OrderBy(batch => batch.Batch).Select(batch => batch.Bins).ToList();
                learner.Lose(name, row.Batches, row.Rewarded, [.. images.Select(bins => bins.Length)]);
                lost = true;
            }
        }

        return lost;
    }

    /// <summary>What the spool has would not fit what comes, nor would later snapshots. Where none could be used, the reason may pass: they stay aside.</summary>
    private void Clear(BatchLearner learner, bool isLoaded)
    {
        if (isLoaded)
        {
            snapshots.DeleteAfter(learner.Position);
        }
        else if (Directory.Exists(folder))
        {
            Array.ForEach(Directory.GetDirectories(folder, "step-*"), SetAside);
        }
    }

    private Dictionary<string, RunRow> Committed()
    {
        using var context = database.ReadAll();
        return context.Runs.Where(row => row.AgentId == agent && row.Batches > 0).AsEnumerable().ToDictionary(row => row.Name.ToString(), StringComparer.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}: batch snapshot {Folder} is not used: {Reason}")]
    private partial void SnapshotRefused(string agent, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: the observations kept beside the log end at batch {Known} of {Decided}: the policy goes on from there. No logged decision changes")]
    private partial void SpoolIncomplete(string run, long known, long decided);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}: the entry at position {Position} of the spool is not used: {Reason}")]
    private partial void SpoolRefused(string agent, long position, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: batch {Batch} replays otherwise, as on another processor. The logged decision holds, and the policy does not learn from it")]
    private partial void DecisionDiffers(string run, long batch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: batch {Batch} replays with other rounding, as on another processor: log-probability {Logged} was logged and {Again} came, value {LoggedValue} and {AgainValue}. The policy goes on")]
    private partial void DecisionRounds(string run, long batch, float logged, float again, float loggedValue, float againValue);
}

/// <param name="Saved">Where the snapshot was, or the beginning.</param>
/// <param name="Replayed">Steps of spools after that.</param>
/// <param name="IsBehind">The log has decisions it does not know of: it is to be saved, so that what was found is not used again.</param>
internal sealed record RecoveredLearner(BatchLearner Learner, long Saved, long Replayed, bool IsBehind);
