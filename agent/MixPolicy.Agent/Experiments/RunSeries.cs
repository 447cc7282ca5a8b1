namespace MixPolicy.Agent.Experiments;

/// <summary>A number of a run over its intervals, batches or updates.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Total">Points there are; more than are here if it was made shorter.</param>
/// <param name="X">Positions, growing.</param>
/// <param name="Y">The value at each. A position without a value is left out.</param>
public sealed record RunSeries(Metric Metric, int Total, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <param name="positions">The position of each value, or nothing where they are 0, 1, 2, ...</param>
    internal static RunSeries Of(Metric metric, ReadOnlySpan<double> values, ReadOnlySpan<double> positions, int points)
    {
        var kept = Downsample.Keep(values, points);
        var (x, y) = (new double[kept.Count], new double[kept.Count]);
        for (var i = 0; i < kept.Count; i++)
        {
            (x[i], y[i]) = (positions.IsEmpty ? kept[i] : positions[kept[i]], values[kept[i]]);
        }

        return new(metric, Present(values), x, y);
    }

    internal static int Present(ReadOnlySpan<double> values)
    {
        var present = 0;
        foreach (var value in values)
        {
            present += double.IsNaN(value) ? 0 : 1;
        }

        return present;
    }
}
