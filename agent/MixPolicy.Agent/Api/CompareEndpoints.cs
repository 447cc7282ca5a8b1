using Microsoft.AspNetCore.Http.HttpResults;
using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Api;

/// <summary>Runs side by side.</summary>
internal static class CompareEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/compare", Compare).WithName("CompareRuns").WithSummary("Runs grouped by an option: mean and band over the runs of each group.").Fails(400).Fails(404);
        api.MapGet("/compare.csv", CompareCsv).WithName("DownloadComparison").WithSummary("The same, a line for each interval of each group.").IsCsv().Fails(400).Fails(404);
    }

    private static async Task<Ok<Comparison>> Compare([AsParameters] CompareParameters parameters, RunComparison comparison, CancellationToken cancellationToken) =>
        TypedResults.Ok(await comparison.CompareAsync(parameters.Query(), cancellationToken));

    private static async Task<PushStreamHttpResult> CompareCsv([AsParameters] CompareParameters parameters, RunComparison comparison, CancellationToken cancellationToken) =>
        CsvFile.Of(RunTables.Of(await comparison.CompareAsync(parameters.Query(RunCharts.MostPoints), cancellationToken)), "comparison.csv", cancellationToken);
}
