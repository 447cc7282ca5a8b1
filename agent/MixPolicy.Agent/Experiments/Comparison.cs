namespace MixPolicy.Agent.Experiments;

/// <summary>What runs of a comparison are grouped by.</summary>
public enum GroupKind
{
    /// <summary>Each run for itself.</summary>
    Run,

    /// <summary>All runs together.</summary>
    None,
    Agent,
    Policy,
    Methods,
    Dataset,
    Network,

    /// <summary>The value of a label.</summary>
    Label,
}

/// <summary>What the band around a mean shows.</summary>
public enum BandKind
{
    /// <summary>One standard deviation (of a sample: n − 1) to each side.</summary>
    Deviation,

    /// <summary>The least and the greatest.</summary>
    Range,
}

/// <summary>What is compared.</summary>
public sealed record ComparisonQuery
{
    /// <summary>Names of runs; if there are none, the runs of <see cref="Filter"/>.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    public RunFilter Filter { get; init; } = new();

    /// <summary>Name of a series whose axis is the interval.</summary>
    public required string Metric { get; init; }

    public GroupKind GroupBy { get; init; } = GroupKind.Run;

    /// <summary>The key, for <see cref="GroupKind.Label"/>.</summary>
    public string Label { get; init; } = "";

    public BandKind Band { get; init; } = BandKind.Deviation;

    /// <summary>At most this many points a group, in [4, <see cref="RunCharts.MostPoints"/>].</summary>
    public int Points { get; init; } = 500;
}

/// <summary>Runs side by side, by interval.</summary>
/// <param name="Groups">By key.</param>
public sealed record Comparison(Metric Metric, GroupKind GroupBy, BandKind Band, IReadOnlyList<ComparedGroup> Groups);

/// <summary>Runs that have one option in common.</summary>
/// <param name="Key">Its value, or the name of the run.</param>
/// <param name="Runs">Names of the runs in it.</param>
/// <param name="X">Intervals, growing.</param>
/// <param name="Count">Runs that have a value there. Where it falls, a run has ended: the mean goes on over the others.</param>
/// <param name="Mean">Over them.</param>
/// <param name="Low">Lower edge of the band.</param>
/// <param name="High">Upper edge of the band.</param>
public sealed record ComparedGroup(
    string Key,
    IReadOnlyList<string> Runs,
    IReadOnlyList<int> X,
    IReadOnlyList<int> Count,
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> Low,
    IReadOnlyList<double> High);
