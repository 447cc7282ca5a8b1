using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Experiments;

/// <summary>The numbers of one run, for charts: made shorter here, so that a run of any length costs the same to send and to draw. Thread-safe.</summary>
public sealed class RunCharts(LogDatabase database, HistoryStore histories)
{
    /// <summary>Most points a series or steps a timeline can be asked for.</summary>
    public const int MostPoints = 10_000;

    /// <summary>The series that a run has values of.</summary>
    /// <exception cref="RefusalException">There is no such run.</exception>
    public async Task<IReadOnlyList<Metric>> MetricsAsync(RunName run, CancellationToken cancellationToken = default) =>
        [.. Columns(await histories.ReadAsync(run, cancellationToken)).Where(column => RunSeries.Present(column.Values.Span) > 0).Select(column => column.Metric)];

    /// <summary>Some series of a run, in the order they were asked for; all that it has values of if none is named.</summary>
    /// <param name="metrics">Names as of <see cref="MetricsAsync"/>. One that the run has no values of gives a series without points.</param>
    /// <param name="points">At most this many a series, in [4, <see cref="MostPoints"/>].</param>
    /// <exception cref="RefusalException">There is no such run or series, or the points are out of range.</exception>
    public async Task<IReadOnlyList<RunSeries>> SeriesAsync(RunName run, IReadOnlyCollection<string> metrics, int points, CancellationToken cancellationToken = default)
    {
        DemandPoints(points, Downsample.Fewest);
        var columns = Columns(await histories.ReadAsync(run, cancellationToken)).ToList();
        var chosen = metrics.Count == 0
            ? columns.Where(column => RunSeries.Present(column.Values.Span) > 0)
            : metrics.Select(name => columns.FirstOrDefault(column => column.Metric.Name == name)
                ?? throw Refusal.Invalid("metrics", name, $"of {string.Join(", ", columns.Select(column => column.Metric.Name))}"));
        return [.. chosen.Select(column => RunSeries.Of(column.Metric, column.Values.Span, column.Positions.Span, points))];
    }

    /// <summary>What the policy decided over the run.</summary>
    /// <param name="steps">At most this many, in [1, <see cref="MostPoints"/>].</param>
    /// <exception cref="RefusalException">There is no such run, or the steps are out of range.</exception>
    public async Task<DecisionTimeline> TimelineAsync(RunName run, int steps, CancellationToken cancellationToken = default)
    {
        DemandPoints(steps, 1);
        return TimelineSteps.Of(await histories.ReadAsync(run, cancellationToken), steps);
    }

    /// <summary>One decision.</summary>
    /// <exception cref="RefusalException">There is no such run, or the interval is not decided.</exception>
    public async Task<DecisionDetail> DecisionAsync(RunName run, int interval, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var logged = await context.IntervalAsync(run, interval, cancellationToken) ?? throw Refusal.NotFound(run.Decision(interval));
        return DecisionDetails.Of(run, logged);
    }

    internal static void DemandPoints(int points, int fewest)
    {
        if (points < fewest || points > MostPoints)
        {
            throw Refusal.Invalid("points", $"{points}", $"an integer in [{fewest}, {MostPoints}]");
        }
    }

    private static IEnumerable<NumberColumn> Columns(RunView run)
    {
        foreach (var (index, metric) in IntervalMetrics.All.Index())
        {
            yield return new(metric, run.Metrics[index], default);
        }

        foreach (var (name, values) in run.Diagnostics)
        {
            yield return new(new(name, UpdateTitles.Of(name), "", SeriesAxis.PolicyVersion), values, run.Versions);
        }

        foreach (var (index, metric) in BatchMetrics.All.Index())
        {
            yield return new(metric, run.Batches[index], default);
        }
    }

    private sealed record NumberColumn(Metric Metric, ReadOnlyMemory<double> Values, ReadOnlyMemory<double> Positions);
}
