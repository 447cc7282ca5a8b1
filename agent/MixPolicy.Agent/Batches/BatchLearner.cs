using MixPolicy.Ppo.Batches;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;
using MixPolicy.V1;

namespace MixPolicy.Agent.Batches;

/// <summary>
/// A batch policy and how far each run is with it: a deterministic state machine, whose state is a snapshot and the entries of the spool after it. Owned
/// by one caller at a time.
/// </summary>
internal sealed class BatchLearner(AgentSpec spec, BatchFit fit, IBatchPolicy policy) : IDisposable
{
    private const string StatePart = "batches";

    private Dictionary<string, BatchProgress> _runs = new(StringComparer.Ordinal);

    public IBatchPolicy Policy => policy;

    /// <summary>Entries behind it, since the agent began.</summary>
    public long Position { get; private set; }

    /// <summary>Runs that are under way.</summary>
    public IReadOnlyDictionary<string, BatchProgress> Runs => _runs;

    /// <summary>Where its entries are kept; null where nothing is learned, and while the state is made good from the spool.</summary>
    public BatchSpool? Spool { get; set; }

    /// <summary>Takes rewards, then decides.</summary>
    /// <exception cref="Contract.RefusalException">A reward does not fit its batch; nothing has changed.</exception>
    public BatchOutcome Do(BatchWork work)
    {
        var progress = _runs.GetValueOrDefault(work.Run) ?? new();
        for (var i = 0; i < work.Rewards.Count && !spec.Frozen; i++)
        {
            fit.Demand(work.Rewards[i], progress.Images[i]);
        }

        Spool?.Begin(new(work, progress.Batches, work.View is { Images: var images } ? new(new byte[images], null, 0, 0, 0) : null, RunEnding.None));
        var version = policy.Version;
        Reward(work, progress);
        var draw = work.View is { } view ? Decide(work, view, progress.Batches) : null;
        _runs[work.Run] = progress with
        {
            Batches = progress.Batches + (draw is null ? 0 : 1),
            Rewarded = progress.Rewarded + work.Rewards.Count,
            Images = spec.Frozen ? [] : [.. progress.Images.Skip(work.Rewards.Count), .. draw is null ? Array.Empty<int>() : [draw.Bins.Length]],
        };
        Position++;
        Spool?.End(draw);
        return new(draw, policy.TakeUpdates(), policy.Version != version);
    }

    /// <summary>A run has ended.</summary>
    public void Finish(string run)
    {
        if (_runs.Remove(run))
        {
            policy.Drop(run);
            Ended(run, RunEnding.Finished);
        }
    }

    /// <summary>The trainer of a run is gone: the observations that wait for its rewards are let go of. If it comes back, they teach nothing.</summary>
    public void Abandon(string run)
    {
        if (!spec.Frozen && _runs.TryGetValue(run, out var progress) && progress.LostBefore < progress.Batches)
        {
            Lose(run, progress.Batches, progress.Rewarded, progress.Images);
            Ended(run, RunEnding.Abandoned);
        }
    }

    /// <summary>The policy does not know what was decided in a run so far; it goes on with the next batch.</summary>
    /// <param name="images">Of each batch without a reward.</param>
    public void Lose(string run, long batches, long rewarded, IReadOnlyList<int> images)
    {
        policy.Drop(run);
        _runs[run] = new(batches, rewarded, LostBefore: batches, images);
    }

    /// <summary>Saves all of it, except the spec.</summary>
    public void Save(CheckpointWriter writer)
    {
        writer.Json(StatePart, new State(Position, _runs));
        policy.Save(writer);
    }

    /// <exception cref="CheckpointException">It is of another policy, or damaged. Nothing has changed.</exception>
    public void Load(CheckpointReader reader)
    {
        var state = reader.Json<State>(StatePart);
        policy.Load(reader);
        (Position, _runs) = (state.Position, new(state.Runs, StringComparer.Ordinal));
    }

    public void Dispose()
    {
        Spool?.Dispose();
        policy.Dispose();
    }

    private void Reward(BatchWork work, BatchProgress progress)
    {
        foreach (var earning in work.Rewards.Where(earning => earning.Batch >= progress.LostBefore))
        {
            policy.Reward(work.Run, earning.Batch, earning.Rewards, earning.Last, work.Progress);
        }
    }

    private BatchDraw Decide(BatchWork work, BatchView view, long batch)
    {
        if (work.Taken is { } taken)
        {
            policy.Take(work.Run, batch, view.ToObservation(), taken);
            return taken;
        }

        // Only the run's own id counts, so that an agent of another name with the same seed repeats the decisions.
        var id = work.Run[(work.Run.LastIndexOf('/') + 1)..];
        return policy.Decide(work.Run, batch, view.ToObservation(), SeedSequence.Derive(spec.Seed, id, batch));
    }

    private void Ended(string run, RunEnding ending)
    {
        Position++;
        Spool?.Begin(new(new(run, [], 0, null, null), 0, null, ending));
        Spool?.End(null);
    }

    private sealed record State(long Position, Dictionary<string, BatchProgress> Runs);
}
