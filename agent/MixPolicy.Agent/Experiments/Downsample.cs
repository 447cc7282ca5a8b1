namespace MixPolicy.Agent.Experiments;

/// <summary>
/// Fewer points of a long series: the least and the greatest of each of equally long stretches, in their order, with the first and the last point. Not by largest triangles
/// (LTTB), which picks one point of a stretch and may drop a spike or a dip: of a loss that is what one looks for, and of a noisy series the band is the truth.
/// </summary>
internal static class Downsample
{
    /// <summary>Least number of points that can be asked for.</summary>
    public const int Fewest = 4;

    /// <summary>The positions to keep, growing; those of missing values (not-a-number) are never among them.</summary>
    /// <param name="points">At most this many, at least <see cref="Fewest"/>.</param>
    public static List<int> Keep(ReadOnlySpan<double> values, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, Fewest);
        var (first, last, present) = Ends(values);
        var kept = new List<int>(Math.Min(present, points));
        if (present <= points)
        {
            for (var i = first; i <= last; i++)
            {
                AddPresent(kept, values, i);
            }

            return kept;
        }

        kept.Add(first);
        var stretches = (points - 2) / 2;
        var (from, length) = (first + 1, (long)last - first - 1);
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            AddExtremes(kept, values, from + (int)(length * stretch / stretches), from + (int)(length * (stretch + 1) / stretches));
        }

        kept.Add(last);
        return kept;
    }

    private static void AddExtremes(List<int> kept, ReadOnlySpan<double> values, int from, int to)
    {
        var (least, greatest) = (-1, -1);
        for (var i = from; i < to; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            least = least < 0 || values[i] < values[least] ? i : least;
            greatest = greatest < 0 || values[i] > values[greatest] ? i : greatest;
        }

        if (least >= 0)
        {
            kept.Add(Math.Min(least, greatest));
            if (least != greatest)
            {
                kept.Add(Math.Max(least, greatest));
            }
        }
    }

    private static void AddPresent(List<int> kept, ReadOnlySpan<double> values, int i)
    {
        if (!double.IsNaN(values[i]))
        {
            kept.Add(i);
        }
    }

    private static (int First, int Last, int Present) Ends(ReadOnlySpan<double> values)
    {
        var (first, last, present) = (0, -1, 0);
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                (first, last) = (present == 0 ? i : first, i);
                present++;
            }
        }

        return (first, last, present);
    }
}
