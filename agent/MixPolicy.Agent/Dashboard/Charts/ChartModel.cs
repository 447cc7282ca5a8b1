namespace MixPolicy.Agent.Dashboard.Charts;

/// <summary>What wwwroot/charts.js draws. The browser gets it as it is, with names in camel case.</summary>
/// <param name="Kind">Which drawing of the script.</param>
public abstract record ChartModel(string Kind);

/// <summary>Lines over one axis, each with a band around it or without.</summary>
/// <param name="XName">What the positions count.</param>
/// <param name="Unit">Of the values: "fraction" is written in percent.</param>
/// <param name="Group">Charts of one group show the same stretch and the same position; null for one by itself.</param>
public sealed record LineChart(string XName, string Unit, string? Group, IReadOnlyList<ChartLine> Lines) : ChartModel("lines");

/// <param name="X">Growing.</param>
/// <param name="Low">Lower edge of the band, or null for none.</param>
public sealed record ChartLine(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double>? Low = null, IReadOnlyList<double>? High = null);

/// <summary>Decisions over the intervals: the method as bands, λ and threshold as lines, the policy's probabilities stacked.</summary>
/// <param name="From">First interval of each step.</param>
/// <param name="To">Last interval of each step.</param>
public sealed record TimelineChart(
    string? Group,
    IReadOnlyList<int> From,
    IReadOnlyList<int> To,
    IReadOnlyList<TimelineMethod> Methods,
    IReadOnlyList<TimelineLine> Lambda,
    IReadOnlyList<TimelineLine> Threshold) : ChartModel("timeline");

/// <param name="Shares">How often it was decided, each step.</param>
/// <param name="Probabilities">What the policy gave it, each step.</param>
public sealed record TimelineMethod(string Title, string Color, int Pattern, IReadOnlyList<double?> Shares, IReadOnlyList<double?> Probabilities);

/// <summary>A number of decisions; null where the method decided has none.</summary>
public sealed record TimelineLine(string Name, IReadOnlyList<double?> Mean, IReadOnlyList<double?> Min, IReadOnlyList<double?> Max);
