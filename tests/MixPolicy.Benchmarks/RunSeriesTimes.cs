using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Benchmarks;

/// <summary>The charts of one run with 100,000 intervals, and of one with 100,000 batches: read for the first time, and again.</summary>
internal static class RunSeriesTimes
{
    private const int Points = 100_000;
    private const int Shown = 1000;

    public static IEnumerable<Measurement> Run()
    {
        using var data = new ExperimentData();
        data.AddRuns("intervals", 1, Points);
        data.AddRuns("batches", 1, 100);
        data.AddBatches("batches", "run-00000", Points, images: 100);
        foreach (var (name, run) in new[] { ("intervals", new RunName("intervals", "run-00000")), ("batches", new RunName("batches", "run-00000")) })
        {
            yield return Measurement.Time($"run-series: 100,000 {name}, all series, first time", () => All(new(data.Database, data.NewHistories()), run), runs: 7, warmUp: 1);
            var charts = new RunCharts(data.Database, data.NewHistories());
            yield return Measurement.Time($"run-series: 100,000 {name}, all series, again", () => All(charts, run), runs: 20);
            yield return Measurement.Time($"run-series: 100,000 {name}, timeline, again", () => charts.TimelineAsync(run, Shown).Wait(), runs: 20);
        }
    }

    private static void All(RunCharts charts, RunName run) => charts.SeriesAsync(run, [], Shown).Wait();
}
