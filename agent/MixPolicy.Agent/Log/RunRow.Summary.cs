using System.Text;
using MixPolicy.V1;

namespace MixPolicy.Agent.Log;

/// <summary>What lists show, sort and filter by: copies of what the spec and the reports say, so that thousands of runs are listed without reading a log.</summary>
public sealed partial record RunRow
{
    /// <summary>That of the spec. Null in a row of an older version, until <see cref="SummaryFill"/> has been there.</summary>
    public string? Dataset { get; init; }

    public string Network { get; init; } = "";

    /// <summary>A line <c>key=value</c> for each label, by key, with a line break before and after each. Line breaks inside labels are spaces here.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Intervals planned.</summary>
    public int Intervals { get; init; }

    /// <summary>Of the last report, as are those below.</summary>
    public double? Progress { get; init; }

    public double? TrainLoss { get; init; }

    public double? HoldoutLoss { get; init; }

    public double? HoldoutTop1 { get; init; }

    public double? TestTop1 { get; init; }

    public double? Reward { get; init; }

    /// <summary>Over all reports.</summary>
    public double? BestHoldoutTop1 { get; init; }

    /// <summary>The row with what its spec says.</summary>
    public RunRow Described(RunSpec spec) => this with
    {
        Dataset = spec.Dataset,
        Network = spec.Network,
        Labels = LinesOf(spec.Labels),
        Intervals = spec.Intervals,
    };

    /// <summary>The row with what a further report says.</summary>
    public RunRow After(Report report, double? reward)
    {
        double? holdoutTop1 = report.HasHoldoutTop1 ? report.HoldoutTop1 : null;
        return this with
        {
            Progress = report.Progress,
            TrainLoss = report.TrainLoss,
            HoldoutLoss = report.HasHoldoutLoss ? report.HoldoutLoss : null,
            HoldoutTop1 = holdoutTop1,
            TestTop1 = report.HasTestTop1 ? report.TestTop1 : null,
            Reward = reward,
            BestHoldoutTop1 = holdoutTop1 > (BestHoldoutTop1 ?? double.NegativeInfinity) ? holdoutTop1 : BestHoldoutTop1,
        };
    }

    /// <summary>The line that a label has in <see cref="Labels"/>.</summary>
    public static string LabelLine(string key, string value) => $"\n{OneLine(key)}={OneLine(value)}\n";

    private static string LinesOf(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var lines = new StringBuilder();
        foreach (var (key, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            lines.Append(LabelLine(key, value));
        }

        return lines.ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
