using MixPolicy.Agent.Log;

namespace MixPolicy.Agent.Experiments;

/// <summary>A run and what lists need of its agent, as the database gives them.</summary>
internal sealed record ListedRun
{
    public required RunRow Run { get; init; }

    public required string Policy { get; init; }

    public required string Methods { get; init; }

    /// <summary>Of its state: active, stale, finished.</summary>
    public required int Rank { get; init; }
}

/// <summary>What a filter and a sort mean to the database.</summary>
internal static class ListedRuns
{
    public static IQueryable<RunRow> Matching(this IQueryable<RunRow> runs, RunFilter filter)
    {
        if (filter.Agent is { Length: > 0 } agent)
        {
            runs = runs.Where(row => row.AgentId == agent);
        }

        if (filter.Dataset is { Length: > 0 } dataset)
        {
            runs = runs.Where(row => row.Dataset == dataset);
        }

        if (filter.Network is { Length: > 0 } network)
        {
            runs = runs.Where(row => row.Network == network);
        }

        foreach (var (key, value) in filter.Labels)
        {
            var line = RunRow.LabelLine(key, value);
            runs = runs.Where(row => row.Labels.Contains(line));
        }

        foreach (var word in (filter.Text ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
#pragma warning disable CA1862 // The comparisons with a culture have no form in SQL.
            runs = runs.Where(row => ("agents/" + row.AgentId + "/runs/" + row.RunId + "\n" + row.Dataset + "\n" + row.Network + row.Labels).ToLower().Contains(word));
#pragma warning restore CA1862
        }

        return runs;
    }

    public static IQueryable<ListedRun> Matching(this IQueryable<ListedRun> runs, RunFilter filter)
    {
        if (filter.Policy is { Length: > 0 } policy)
        {
            runs = runs.Where(row => row.Policy == policy);
        }

        return filter.Methods is { Length: > 0 } methods ? runs.Where(row => row.Methods == methods) : runs;
    }

    public static IOrderedQueryable<ListedRun> Sorted(this IQueryable<ListedRun> runs, RunSort sort, bool descending)
    {
        var sorted = sort switch
        {
            RunSort.UpdateTime => By(runs, row => row.Run.Updated, descending),
            RunSort.CreateTime => By(runs, row => row.Run.Created, descending),
            RunSort.Name => By(By(runs, row => row.Run.AgentId, descending), row => row.Run.RunId, descending),
            RunSort.State => By(runs, row => row.Rank, descending),
            RunSort.Dataset => By(runs, row => row.Run.Dataset, descending),
            RunSort.Network => By(runs, row => row.Run.Network, descending),
            RunSort.Policy => By(runs, row => row.Policy, descending),
            RunSort.Progress => By(runs, row => row.Run.Progress ?? 0, descending),
            RunSort.Reports => By(runs, row => row.Run.Reports, descending),
            RunSort.TrainLoss => By(runs.OrderBy(row => row.Run.TrainLoss == null), row => row.Run.TrainLoss, descending),
            RunSort.HoldoutLoss => By(runs.OrderBy(row => row.Run.HoldoutLoss == null), row => row.Run.HoldoutLoss, descending),
            RunSort.HoldoutTop1 => By(runs.OrderBy(row => row.Run.HoldoutTop1 == null), row => row.Run.HoldoutTop1, descending),
            RunSort.BestHoldoutTop1 => By(runs.OrderBy(row => row.Run.BestHoldoutTop1 == null), row => row.Run.BestHoldoutTop1, descending),
            RunSort.TestTop1 => By(runs.OrderBy(row => row.Run.TestTop1 == null), row => row.Run.TestTop1, descending),
            RunSort.Reward => By(runs.OrderBy(row => row.Run.Reward == null), row => row.Run.Reward, descending),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not a sort."),
        };

        // Pages need an order without ties.
        return sorted.ThenBy(row => row.Run.AgentId).ThenBy(row => row.Run.RunId);
    }

    private static IOrderedQueryable<ListedRun> By<T>(IQueryable<ListedRun> runs, System.Linq.Expressions.Expression<Func<ListedRun, T>> key, bool descending) =>
        descending ? runs.OrderByDescending(key) : runs.OrderBy(key);

    private static IOrderedQueryable<ListedRun> By<T>(IOrderedQueryable<ListedRun> runs, System.Linq.Expressions.Expression<Func<ListedRun, T>> key, bool descending) =>
        descending ? runs.ThenByDescending(key) : runs.ThenBy(key);
}
