using System.Buffers.Binary;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>How far a run is, as its row says it.</summary>
internal sealed record RunEnd(int Decisions, int Reports, long Batches, long Rewarded, DateTimeOffset? Finished);

/// <summary>Reads what was logged of a run since its history was read last.</summary>
internal static class HistoryReader
{
    /// <param name="end">What there is at least.</param>
    /// <param name="bins">Saliency percentiles that a batch policy chooses from.</param>
    public static void Read(LogContext context, RunName run, RunHistory history, RunEnd end, int bins, CancellationToken cancellationToken)
    {
        ReadIntervals(context, run, history, cancellationToken);
        ReadUpdates(context, run, history, cancellationToken);
        if (end.Batches > 0)
        {
            ReadBatches(context, run, history, bins, cancellationToken);
        }
    }

    private static void ReadIntervals(LogContext context, RunName run, RunHistory history, CancellationToken cancellationToken)
    {
        // In the order of the index on run and interval.
        int? from = history.Reports;
        var entries = context.Entries
            .Where(row => row.AgentId == run.Agent && row.RunId == run.Id && row.Interval >= from)
            .OrderBy(row => row.Interval).ThenBy(row => row.Kind)
            .Select(row => new { row.Kind, row.Interval, row.Payload, row.Reward });
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Kind == EntryKind.Reported)
            {
                history.Add(Report.Parser.ParseFrom(entry.Payload), entry.Reward);
            }
            else if (entry.Interval >= history.Decisions)
            {
                history.Add(Decision.Parser.ParseFrom(entry.Payload));
            }
        }
    }

    private static void ReadUpdates(LogContext context, RunName run, RunHistory history, CancellationToken cancellationToken)
    {
        var after = history.LastUpdate;
        var updates = context.Entries
            .Where(row => row.AgentId == run.Agent && row.RunId == run.Id && row.Interval == null && row.Kind == EntryKind.Updated && row.Sequence > after)
            .OrderBy(row => row.Sequence)
            .Select(row => new { row.Sequence, row.Payload });
        foreach (var update in updates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            history.Add(PolicyUpdate.Parser.ParseFrom(update.Payload), update.Sequence);
        }
    }

    private static void ReadBatches(LogContext context, RunName run, RunHistory history, int bins, CancellationToken cancellationToken)
    {
        long from = history.Rewarded;
        var batches = context.Batches.Of(run)
            .Where(row => row.Batch >= from)
            .OrderBy(row => row.Batch)
            .Select(row => new { row.Batch, row.Bins, row.Value, row.LogProbability, row.PolicyVersion, row.Rewards });
        foreach (var batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.Batch >= history.Batches)
            {
                history.AddBatch(Threshold(batch.Bins, bins), batch.Value, batch.LogProbability, batch.PolicyVersion);
            }

            // Rewards come in order, so those that are there end where the first is missing.
            if (batch.Rewards is { } rewards && batch.Batch == history.Rewarded)
            {
                history.AddBatchReward(Mean(rewards));
            }
        }
    }

    private static double Threshold(ReadOnlySpan<byte> chosen, int bins)
    {
        var sum = 0L;
        foreach (var bin in chosen)
        {
            sum += bin;
        }

        return 0.99 * sum / (Math.Max(1, chosen.Length) * (double)Math.Max(1, bins - 1));
    }

    private static double Mean(ReadOnlySpan<byte> rewards)
    {
        var (sum, count) = (0.0, rewards.Length / sizeof(float));
        for (var i = 0; i < count; i++)
        {
            sum += BinaryPrimitives.ReadSingleLittleEndian(rewards[(i * sizeof(float))..]);
        }

        return sum / Math.Max(1, count);
    }
}
