using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>Everything as tables to download: whole, not made shorter. Thread-safe.</summary>
public sealed class RunTables(LogDatabase database, RunCatalog catalog, HistoryStore histories)
{
    /// <summary>All runs that match, a line each.</summary>
    public async Task<CsvTable> RunsAsync(RunFilter filter, RunSort sort, bool descending, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var runs = (await catalog.Matching(context, filter).Sorted(sort, descending).ToListAsync(cancellationToken)).ConvertAll(catalog.Summary);
        string[] labels = [.. runs.SelectMany(run => run.Labels.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new(
            [
                "name", "state", "dataset", "network", "policy", "methods", "intervals", "decisions", "reports", "batches", "progress", "train_loss", "holdout_loss",
                "holdout_top1", "best_holdout_top1", "test_top1", "reward", "create_time", "update_time", "finish_time", .. labels.Select(key => $"label/{key}"),
            ],
            runs.Select(run => (IReadOnlyList<object?>)
            [
                run.Name, run.State.ToString().ToLowerInvariant(), run.Dataset, run.Network, run.Policy, string.Join(' ', run.Methods), run.Intervals, run.Decisions,
                run.Reports, run.Batches, run.Progress, run.TrainLoss, run.HoldoutLoss, run.HoldoutTop1, run.BestHoldoutTop1, run.TestTop1, run.Reward, run.CreateTime,
                run.UpdateTime, run.FinishTime, .. labels.Select(key => run.Labels.GetValueOrDefault(key)),
            ]));
    }

    /// <summary>The numbers of a run, a line an interval, a batch or an update.</summary>
    /// <exception cref="RefusalException">There is no such run.</exception>
    public async Task<CsvTable> SeriesAsync(RunName run, SeriesAxis axis, CancellationToken cancellationToken = default)
    {
        var view = await histories.ReadAsync(run, cancellationToken);
        return axis switch
        {
            SeriesAxis.Interval => Intervals(view),
            SeriesAxis.Batch => Table("batch", Positions(view.Batches.Max(values => values.Length)), BatchMetrics.All.Zip(view.Batches, (metric, values) => (metric.Name, values))),
            _ => Table("policy_version", MemoryMarshal.ToEnumerable(view.Versions), view.Diagnostics.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))),
        };
    }

    /// <summary>A comparison, a line for each interval of each group.</summary>
    public static CsvTable Of(Comparison comparison) => new(
        ["group", "interval", "runs", $"{comparison.Metric.Name}_mean", $"{comparison.Metric.Name}_low", $"{comparison.Metric.Name}_high"],
        comparison.Groups.SelectMany(group => group.X.Select((x, i) => (IReadOnlyList<object?>)[group.Key, x, group.Count[i], group.Mean[i], group.Low[i], group.High[i]])));

    private static CsvTable Intervals(RunView view)
    {
        (string Name, Func<int, object?> At)[] columns =
        [
            ("method", i => DecisionDetails.Name((Method)view.Methods.Span[i])),
            ("fallback", i => i < view.Reports && view.Fallbacks.Span[i] > 0 ? DecisionDetails.Name((Method)view.Fallbacks.Span[i]) : null),
            .. IntervalMetrics.All.Zip(view.Metrics, (metric, values) => (metric.Name, At(values))),
            .. view.Probabilities.OrderBy(entry => entry.Method).Select(entry => ($"probability/{DecisionDetails.Name(entry.Method)}", (Func<int, object?>)(i => entry.Values.Span[i]))),
        ];
        return new(["interval", .. columns.Select(column => column.Name)], Enumerable.Range(0, view.Decisions).Select(i => (IReadOnlyList<object?>)[i, .. columns.Select(column => column.At(i))]));
    }

    private static CsvTable Table(string axis, IEnumerable<double> positions, IEnumerable<(string Name, ReadOnlyMemory<double> Values)> columns)
    {
        (string Name, Func<int, object?> At)[] cells = [.. columns.Select(column => (column.Name, At(column.Values)))];
        return new([axis, .. cells.Select(column => column.Name)], positions.Select((position, i) => (IReadOnlyList<object?>)[position, .. cells.Select(column => column.At(i))]));
    }

    private static IEnumerable<double> Positions(int count) => Enumerable.Range(0, count).Select(i => (double)i);

    private static Func<int, object?> At(ReadOnlyMemory<double> values) => i => i < values.Length ? values.Span[i] : null;
}
