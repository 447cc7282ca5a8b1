using MixPolicy.Agent.Experiments;

namespace MixPolicy.Benchmarks;

/// <summary>Listing 5,000 runs with filter, sort and count, as a page of the dashboard asks for it; and comparing some of them.</summary>
internal static class RunsList
{
    private const int Runs = 5000;
    private const int Compared = 50;

    public static IEnumerable<Measurement> Run()
    {
        using var data = new ExperimentData();
        // Few reports each: a list does not read them.
        data.AddRuns("many", Runs, reports: 2);
        data.AddRuns("long", Compared, reports: 100);
        var total = 0;
        yield return Time("first page of 100, by time", new());
        yield return Time("page 40 of 100, by held-out top-1", new() { Sort = RunSort.HoldoutTop1, Offset = 4000 });
        yield return Time("filtered by words and policy", new() { Filter = new() { Text = "set-3 seed=7", Policy = "ppo" } });
        yield return Time("1,000 rows", new() { Limit = 1000 });
        yield return Measurement.Time("runs-list: options", () => data.Catalog.OptionsAsync().Wait(), runs: 30);
        yield return Measurement.Time("runs-list: agents", () => data.Catalog.ListAgentsAsync().Wait(), runs: 30);
        var query = new ComparisonQuery { Metric = "holdout_top1", GroupBy = GroupKind.Dataset, Filter = new() { Agent = "long" } };
        yield return Measurement.Time("runs-list: compare 50 runs of 100 intervals, first time", () => new RunComparison(data.Database, data.Catalog, data.NewHistories()).CompareAsync(query).Wait(), runs: 10);
        var comparison = new RunComparison(data.Database, data.Catalog, data.NewHistories());
        yield return Measurement.Time("runs-list: compare 50 runs of 100 intervals, again", () => comparison.CompareAsync(query).Wait(), runs: 10);
        foreach (var measurement in OverHttp(data))
        {
            yield return measurement;
        }

        Measurement Time(string name, RunQuery query) =>
            Measurement.Time($"runs-list: {name}", () => total = data.Catalog.ListRunsAsync(query).Result.Total, runs: 30) with { Value = total, Note = "value: runs that match" };
    }

    /// <summary>From a service that has just been started, and then.</summary>
    private static IEnumerable<Measurement> OverHttp(ExperimentData data)
    {
        var service = data.Serve();
        try
        {
            using var http = new HttpClient { BaseAddress = service.HttpAddress };
            byte[] Get() => http.GetByteArrayAsync(new Uri("/api/v1/runs?limit=1000&sort=best_holdout_top1", UriKind.Relative)).Result;
            yield return Measurement.Time("runs-list: 1,000 rows over HTTP, the first question after the start", () => Get(), runs: 1, warmUp: 0);
            yield return Measurement.Time("runs-list: 1,000 rows over HTTP", () => Get(), runs: 30) with { Value = Get().Length, Note = "value: bytes" };
        }
        finally
        {
            service.DisposeAsync().AsTask().Wait();
        }
    }
}
