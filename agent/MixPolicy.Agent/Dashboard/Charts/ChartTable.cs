using System.Globalization;
using MixPolicy.Agent.Dashboard.Shown;

namespace MixPolicy.Agent.Dashboard.Charts;

/// <summary>A chart in words and numbers, for whoever does not see it: a sentence, and a table short enough to be read.</summary>
internal sealed record ChartTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const int MostRows = 100;

    /// <summary>The sentence.</summary>
    public static string SummaryOf(ChartModel chart) => chart switch
    {
        LineChart lines => string.Join(" ", lines.Lines.Select(line => Sentence(lines, line))),
        TimelineChart timeline => Sentence(timeline),
        _ => throw new ArgumentOutOfRangeException(nameof(chart), chart.Kind, "No words for this chart."),
    };

    /// <summary>The table.</summary>
    public static ChartTable Of(ChartModel chart) => chart switch
    {
        LineChart lines => Of(lines),
        TimelineChart timeline => Of(timeline),
        _ => throw new ArgumentOutOfRangeException(nameof(chart), chart.Kind, "No table for this chart."),
    };

    private static ChartTable Of(LineChart chart)
    {
        var positions = chart.Lines.SelectMany(line => line.X).Distinct().Order().ToArray();
        var rows = Kept(positions.Length).Select(i => (IReadOnlyList<string>)
        [
            positions[i].ToString(CultureInfo.InvariantCulture),
            .. chart.Lines.Select(line => Figures.In(chart.Unit, Until(line, positions[i]))),
        ]);
        return new([chart.XName, .. chart.Lines.Select(line => line.Name)], [.. rows]);
    }

    private static ChartTable Of(TimelineChart chart)
    {
        var lines = chart.Lambda.Concat(chart.Threshold).ToArray();
        var rows = Kept(chart.From.Count).Select(i => (IReadOnlyList<string>)
        [
            chart.From[i] == chart.To[i] ? $"{chart.From[i]}" : $"{chart.From[i]} to {chart.To[i]}",
            string.Join(", ", chart.Methods.Where(method => method.Shares[i] > 0).Select(method => method.Shares[i] < 1 ? $"{method.Title} {Figures.Percent(method.Shares[i])}" : method.Title)),
            .. lines.Select(line => Figures.Number(line.Mean[i])),
            .. chart.Methods.Select(method => Figures.Percent(method.Probabilities[i])),
        ]);
        return new(
            ["Intervals", "Method", .. lines.Select(line => line.Name), .. chart.Methods.Select(method => $"Probability of {method.Title}")],
            [.. rows]);
    }

    private static string Sentence(LineChart chart, ChartLine line)
    {
        if (line.Y.Count == 0)
        {
            return $"{line.Name}: no values yet.";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Name}: from {Figures.In(chart.Unit, line.Y[0])} at {line.X[0]} to {Figures.In(chart.Unit, line.Y[^1])} at {line.X[^1]}, between {Figures.In(chart.Unit, line.Y.Min())} and {Figures.In(chart.Unit, line.Y.Max())}.");
    }

    private static string Sentence(TimelineChart chart)
    {
        if (chart.From.Count == 0)
        {
            return "No decisions yet.";
        }

        var intervals = chart.From.Zip(chart.To, (from, to) => to - from + 1).ToArray();
        double all = intervals.Sum();
        var shares = chart.Methods
            .Select(method => (method.Title, Share: method.Shares.Zip(intervals, (share, length) => (share ?? 0) * length).Sum() / all))
            .Where(method => method.Share > 0)
            .OrderByDescending(method => method.Share);
        return $"Decisions of intervals {chart.From[0]} to {chart.To[^1]}: {string.Join(", ", shares.Select(method => $"{method.Title} {Figures.Percent(method.Share)}"))}.";
    }

    /// <summary>All positions, or as many spread evenly, with the first and the last.</summary>
    private static IEnumerable<int> Kept(int count) =>
        count <= MostRows ? Enumerable.Range(0, count) : Enumerable.Range(0, MostRows).Select(i => (int)((long)i * (count - 1) / (MostRows - 1)));

    /// <summary>The value at a position, or the last before it: lines that were made shorter keep different positions.</summary>
    private static double? Until(ChartLine line, double position)
    {
        var at = line.X is double[] x ? Array.BinarySearch(x, position) : line.X.ToList().BinarySearch(position);
        var index = at >= 0 ? at : ~at - 1;
        return index >= 0 ? line.Y[index] : null;
    }
}
