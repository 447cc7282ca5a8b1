using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>Which runs; what is null or empty asks for nothing.</summary>
public sealed record RunFilter
{
    /// <summary>The {agent}.</summary>
    public string? Agent { get; init; }

    public RunState? State { get; init; }

    /// <summary>Words, each to be found in the name, data set, network or labels, whatever the case.</summary>
    public string? Text { get; init; }

    public string? Dataset { get; init; }

    public string? Network { get; init; }

    /// <summary>How the agent's policy is named in its spec.</summary>
    public string? Policy { get; init; }

    /// <summary>The set of methods that the policy may choose: their names in the order of the contract, with commas between.</summary>
    public string? Methods { get; init; }

    /// <summary>Labels that the run must have, with these values.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What runs are sorted by. Runs without the value come last, whichever the direction.</summary>
public enum RunSort
{
    UpdateTime,
    CreateTime,
    Name,

    /// <summary>Active, stale, finished.</summary>
    State,
    Dataset,
    Network,
    Policy,
    Progress,
    Reports,
    TrainLoss,
    HoldoutLoss,
    HoldoutTop1,
    BestHoldoutTop1,
    TestTop1,
    Reward,
}

/// <summary>A page of a list of runs.</summary>
public sealed record RunQuery
{
    public RunFilter Filter { get; init; } = new();

    public RunSort Sort { get; init; } = RunSort.UpdateTime;

    public bool Descending { get; init; } = true;

    /// <summary>Rows before the page, at least 0.</summary>
    public int Offset { get; init; }

    /// <summary>Rows of the page, in [1, <see cref="RunCatalog.LargestPage"/>].</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A page and how many rows there are in all.</summary>
public sealed record Page<T>(int Total, int Offset, IReadOnlyList<T> Items);
