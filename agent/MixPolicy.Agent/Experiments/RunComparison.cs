using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Experiments;

/// <summary>Compares runs: groups them by an option, with the mean and a band over the runs of each group. Thread-safe.</summary>
public sealed class RunComparison(LogDatabase database, RunCatalog catalog, HistoryStore histories)
{
    /// <summary>Most runs that can be compared at once.</summary>
    public const int MostRuns = 1000;

    /// <exception cref="RefusalException">A run or series does not exist, too many runs match, or a number is out of range.</exception>
    public async Task<Comparison> CompareAsync(ComparisonQuery query, CancellationToken cancellationToken = default)
    {
        RunCharts.DemandPoints(query.Points, Downsample.Fewest);
        var metric = IntervalMetrics.All.FirstOrDefault(metric => metric.Name == query.Metric)
            ?? throw Refusal.Invalid("metric", query.Metric, $"one of {string.Join(", ", IntervalMetrics.All.Select(known => known.Name))}");
        if (query.GroupBy == GroupKind.Label && query.Label.Length == 0)
        {
            throw Refusal.Invalid("label", "", "the key of a label, for group_by label");
        }

        var runs = query.Runs.Count > 0 ? await NamedAsync(query.Runs, cancellationToken) : await MatchingAsync(query.Filter, cancellationToken);
        var groups = new List<ComparedGroup>();
        foreach (var group in runs.GroupBy(run => Key(run, query), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var mean = new GroupMean();
            foreach (var run in group)
            {
                var view = await histories.ReadAsync(new(run.Agent, run.Run), cancellationToken);
                mean.Add(view.Of(metric.Name).Span);
            }

            groups.Add(mean.Group(group.Key, [.. group.Select(run => run.Name)], query.Band, query.Points));
        }

        return new(metric, query.GroupBy, query.Band, groups);
    }

    private async Task<IReadOnlyList<RunSummary>> NamedAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        DemandFew(names.Count);
        var runs = new List<RunSummary>();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            runs.Add(await catalog.GetRunAsync(RunName.Parse("runs", name), cancellationToken));
        }

        return runs;
    }

    private async Task<IReadOnlyList<RunSummary>> MatchingAsync(RunFilter filter, CancellationToken cancellationToken)
    {
        await using var context = database.Read();
        var rows = await catalog.Matching(context, filter).Sorted(RunSort.Name, descending: false).Take(MostRuns + 1).ToListAsync(cancellationToken);
        DemandFew(rows.Count);
        return [.. rows.Select(catalog.Summary)];
    }

    private static void DemandFew(int runs)
    {
        if (runs > MostRuns)
        {
            throw Refusal.Invalid("runs", $"more than {MostRuns} runs", $"at most {MostRuns} runs in one comparison; filter further");
        }
    }

    private static string Key(RunSummary run, ComparisonQuery query) => query.GroupBy switch
    {
        GroupKind.Run => run.Name,
        GroupKind.None => "all",
        GroupKind.Agent => run.Agent,
        GroupKind.Policy => run.Policy,
        GroupKind.Methods => string.Join(',', run.Methods),
        GroupKind.Dataset => run.Dataset,
        GroupKind.Network => run.Network,
        GroupKind.Label => run.Labels.GetValueOrDefault(query.Label, ""),
        _ => throw new ArgumentOutOfRangeException(nameof(query), query.GroupBy, "Not a grouping."),
    };
}
