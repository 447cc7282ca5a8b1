using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Api;

/// <summary>What is compared, as the query of a URL says it.</summary>
internal sealed record CompareParameters : FilterParameters
{
    private const int DefaultPoints = 500;

    [Description("A series by interval: train_loss, holdout_top1, reward, ... Default holdout_top1.")]
    [FromQuery(Name = "metric")]
    public string? Metric { get; init; }

    [Description("agents/{agent}/runs/{run}: a run to compare. May be repeated; without it, the runs that match the filters.")]
    [FromQuery(Name = "run")]
    public string[]? Run { get; init; }

    [Description("What the runs are grouped by. Default run: each for itself.")]
    [FromQuery(Name = "group_by")]
    public QueryChoice<GroupKind>? GroupBy { get; init; }

    [Description("The key of the label, for group_by=label.")]
    [FromQuery(Name = "group_label")]
    public string? GroupLabel { get; init; }

    [Description("deviation: one standard deviation to each side of the mean (default); range: least to greatest.")]
    [FromQuery(Name = "band")]
    public QueryChoice<BandKind>? Band { get; init; }

    [Description("At most this many points a group, in [4, 10000]. Default 500.")]
    [FromQuery(Name = "points")]
    public QueryInteger? Points { get; init; }

    /// <param name="points">Where the query says nothing.</param>
    public ComparisonQuery Query(int points = DefaultPoints) => new()
    {
        Metric = Metric ?? "holdout_top1",
        Runs = Run ?? [],
        Filter = Filter(),
        GroupBy = GroupBy?.Value("group_by") ?? GroupKind.Run,
        Label = GroupLabel ?? "",
        Band = Band?.Value("band") ?? BandKind.Deviation,
        Points = (int)(Points?.In("points", 4, RunCharts.MostPoints) ?? points),
    };
}
