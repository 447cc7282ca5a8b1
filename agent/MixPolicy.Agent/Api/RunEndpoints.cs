using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Api;

/// <summary>Agents, runs, their series and decisions.</summary>
internal static class RunEndpoints
{
    private const string RunPath = "/agents/{agent}/runs/{run}";
    private const int DefaultPoints = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/agents", Agents).WithName("ListAgents").WithSummary("All agents, by name.");
        api.MapGet("/agents/{agent}", Agent).WithName("GetAgent").WithSummary("One agent.").Fails(404);
        api.MapGet("/options", Options).WithName("ListOptions").WithSummary("The values that runs can be filtered and grouped by.");
        api.MapGet("/runs", Runs).WithName("ListRuns").WithSummary("A page of runs, and how many match in all.").Fails(400);
        api.MapGet("/runs.csv", RunsCsv).WithName("DownloadRuns").WithSummary("All runs that match, a line each.").IsCsv().Fails(400);
        api.MapGet(RunPath, Run).WithName("GetRun").WithSummary("One run.").Fails(404);
        api.MapGet($"{RunPath}/metrics", Metrics).WithName("ListMetrics").WithSummary("The series that the run has values of.").Fails(404);
        api.MapGet($"{RunPath}/series", Series).WithName("GetSeries").WithSummary("Series of the run: least and greatest of each stretch where there are more points than asked for.").Fails(400).Fails(404);
        api.MapGet($"{RunPath}/series.csv", SeriesCsv).WithName("DownloadSeries").WithSummary("All numbers of the run, whole: a line an interval, a batch or an update.").IsCsv().Fails(400).Fails(404);
        api.MapGet($"{RunPath}/timeline", Timeline).WithName("GetTimeline").WithSummary("What the policy decided over the run, with its probabilities.").Fails(400).Fails(404);
        api.MapGet($"{RunPath}/decisions/{{interval}}", Decision).WithName("GetDecision").WithSummary("One decision: what the policy saw, what it chose from, and what it earned.").Fails(400).Fails(404);
    }

    private static async Task<Ok<AgentList>> Agents(RunCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AgentList(await catalog.ListAgentsAsync(cancellationToken)));

    private static async Task<Ok<AgentSummary>> Agent(string agent, RunCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.GetAgentAsync(AgentName.OfId("agent", agent), cancellationToken));

    private static async Task<Ok<RunOptions>> Options(RunCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.OptionsAsync(cancellationToken));

    private static async Task<Ok<Page<RunSummary>>> Runs([AsParameters] RunsParameters parameters, RunCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.ListRunsAsync(parameters.Query(), cancellationToken));

    private static async Task<PushStreamHttpResult> RunsCsv([AsParameters] SortParameters parameters, RunTables tables, CancellationToken cancellationToken) =>
        CsvFile.Of(await tables.RunsAsync(parameters.Filter(), parameters.Key(), parameters.Descending(), cancellationToken), "runs.csv", cancellationToken);

    private static async Task<Ok<RunSummary>> Run(string agent, string run, RunCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.GetRunAsync(Name(agent, run), cancellationToken));

    private static async Task<Ok<MetricList>> Metrics(string agent, string run, RunCharts charts, CancellationToken cancellationToken) =>
        TypedResults.Ok(new MetricList(await charts.MetricsAsync(Name(agent, run), cancellationToken)));

    private static async Task<Ok<SeriesList>> Series(
        string agent,
        string run,
        [FromQuery(Name = "metrics"), Description("Names with commas between, as of /metrics. Without it, all that the run has values of.")] string? metrics,
        [FromQuery(Name = "points"), Description("At most this many points a series, in [4, 10000]. Default 500.")] QueryInteger? points,
        RunCharts charts,
        CancellationToken cancellationToken)
    {
        var names = (metrics ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var most = (int)(points?.In("points", Downsample.Fewest, RunCharts.MostPoints) ?? DefaultPoints);
        return TypedResults.Ok(new SeriesList(await charts.SeriesAsync(Name(agent, run), names, most, cancellationToken)));
    }

    private static async Task<PushStreamHttpResult> SeriesCsv(
        string agent,
        string run,
        [FromQuery(Name = "axis"), Description("What a line is. Default interval.")] QueryChoice<SeriesAxis>? axis,
        RunTables tables,
        CancellationToken cancellationToken)
    {
        var name = Name(agent, run);
        return CsvFile.Of(await tables.SeriesAsync(name, axis?.Value("axis") ?? SeriesAxis.Interval, cancellationToken), $"{name.Agent}-{name.Id}.csv", cancellationToken);
    }

    private static async Task<Ok<DecisionTimeline>> Timeline(
        string agent,
        string run,
        [FromQuery(Name = "steps"), Description("At most this many steps, in [1, 10000]. Default 500.")] QueryInteger? steps,
        RunCharts charts,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await charts.TimelineAsync(Name(agent, run), (int)(steps?.In("steps", 1, RunCharts.MostPoints) ?? DefaultPoints), cancellationToken));

    private static async Task<Ok<DecisionDetail>> Decision(string agent, string run, QueryInteger interval, RunCharts charts, CancellationToken cancellationToken) =>
        TypedResults.Ok(await charts.DecisionAsync(Name(agent, run), (int)interval.In("interval", 0, int.MaxValue), cancellationToken));

    private static RunName Name(string agent, string run) => RunName.OfId(AgentName.OfId("agent", agent), "run", run);
}
