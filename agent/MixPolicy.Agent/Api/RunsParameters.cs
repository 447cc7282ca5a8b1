using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Experiments;
using MixPolicy.V1;

namespace MixPolicy.Agent.Api;

/// <summary>Which runs, as the query of a URL says it.</summary>
internal record FilterParameters
{
    [Description("The {agent} of the runs.")]
    [FromQuery(Name = "agent")]
    public string? Agent { get; init; }

    [Description("active: a trainer holds the lease; stale: it lapsed; finished.")]
    [FromQuery(Name = "state")]
    public QueryChoice<RunState>? State { get; init; }

    [Description("Words, each to be found in the name, data set, network or labels, whatever the case.")]
    [FromQuery(Name = "text")]
    public string? Text { get; init; }

    [FromQuery(Name = "dataset")]
    public string? Dataset { get; init; }

    [FromQuery(Name = "network")]
    public string? Network { get; init; }

    [Description("The kind of policy: ppo, random, fixed, schedule, bandit, rl_mix, rl_mix_set.")]
    [FromQuery(Name = "policy")]
    public string? Policy { get; init; }

    [Description("The set of methods that the policy may choose: names in the order of the contract, with commas between.")]
    [FromQuery(Name = "methods")]
    public string? Methods { get; init; }

    [Description("key=value: a label that the runs must have. May be repeated.")]
    [FromQuery(Name = "label")]
    public string[]? Label { get; init; }

    /// <exception cref="RefusalException">A value is not allowed.</exception>
    public RunFilter Filter() => new()
    {
        Agent = Agent,
        State = State?.Value("state"),
        Text = Text,
        Dataset = Dataset,
        Network = Network,
        Policy = Policy,
        Methods = Methods,
        Labels = (Label ?? []).Select(Split).DistinctBy(label => label.Key).ToDictionary(label => label.Key, label => label.Value),
    };

    private static (string Key, string Value) Split(string label) => label.IndexOf('=', StringComparison.Ordinal) is var at and > 0
        ? (label[..at], label[(at + 1)..])
        : throw Refusal.Invalid("label", label, "key=value");
}

/// <summary>Which runs, in which order.</summary>
internal record SortParameters : FilterParameters
{
    [Description("Default update_time. Runs without the value come last.")]
    [FromQuery(Name = "sort")]
    public QueryChoice<RunSort>? Sort { get; init; }

    [Description("Default descending.")]
    [FromQuery(Name = "order")]
    public QueryChoice<SortOrder>? Order { get; init; }

    public RunSort Key() => Sort?.Value("sort") ?? RunSort.UpdateTime;

    public bool Descending() => (Order?.Value("order") ?? SortOrder.Descending) == SortOrder.Descending;
}

internal enum SortOrder
{
    Descending,
    Ascending,
}

/// <summary>A page of runs.</summary>
internal sealed record RunsParameters : SortParameters
{
    [Description("Runs before the page. Default 0.")]
    [FromQuery(Name = "offset")]
    public QueryInteger? Offset { get; init; }

    [Description("Runs of the page, in [1, 1000]. Default 100.")]
    [FromQuery(Name = "limit")]
    public QueryInteger? Limit { get; init; }

    public RunQuery Query() => new()
    {
        Filter = Filter(),
        Sort = Key(),
        Descending = Descending(),
        Offset = (int)(Offset?.In("offset", 0, int.MaxValue) ?? 0),
        Limit = (int)(Limit?.In("limit", 1, RunCatalog.LargestPage) ?? 100),
    };
}
