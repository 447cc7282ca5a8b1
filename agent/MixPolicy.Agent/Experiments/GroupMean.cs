namespace MixPolicy.Agent.Experiments;

/// <summary>Mean and band of some runs, interval by interval.</summary>
internal sealed class GroupMean
{
    private readonly List<Moments> _moments = [];

    /// <summary>Takes a run in.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        while (_moments.Count < values.Length)
        {
            _moments.Add(default);
        }

        for (var i = 0; i < values.Length; i++)
        {
            _moments[i] = _moments[i].With(values[i]);
        }
    }

    /// <param name="points">At most this many: where the mean has its least and greatest.</param>
    public ComparedGroup Group(string key, IReadOnlyList<string> runs, BandKind band, int points)
    {
        double[] means = [.. _moments.Select(at => at.Count == 0 ? double.NaN : at.Mean)];
        var kept = Downsample.Keep(means, points);
        var edges = kept.Select(i => _moments[i].Band(band)).ToList();
        return new(
            key,
            runs,
            kept,
            [.. kept.Select(i => _moments[i].Count)],
            [.. kept.Select(i => means[i])],
            [.. edges.Select(edge => edge.Low)],
            [.. edges.Select(edge => edge.High)]);
    }

    /// <param name="Squares">Sum of squared distances to the mean (Welford 1962).</param>
    private readonly record struct Moments(int Count, double Mean, double Squares, double Min, double Max)
    {
        public Moments With(double value)
        {
            if (double.IsNaN(value))
            {
                return this;
            }

            if (Count == 0)
            {
                return new(1, value, 0, value, value);
            }

            var away = value - Mean;
            var mean = Mean + (away / (Count + 1));
            return new(Count + 1, mean, Squares + (away * (value - mean)), Math.Min(Min, value), Math.Max(Max, value));
        }

        public (double Low, double High) Band(BandKind kind)
        {
            if (kind == BandKind.Range)
            {
                return (Min, Max);
            }

            var deviation = Count > 1 ? Math.Sqrt(Squares / (Count - 1)) : 0;
            return (Mean - deviation, Mean + deviation);
        }
    }
}
