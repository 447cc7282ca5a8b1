namespace MixPolicy.Mixup.Methods;

/// <summary>Selection without sorting (Hoare 1961, "Algorithm 65: Find"), linear in the mean.</summary>
internal static class OrderStatistic
{
    /// <summary>The value that would be at <paramref name="rank"/> if the values were sorted from low to high.</summary>
    /// <param name="values">Finite; reordered: none before the rank is larger than it, none behind is smaller.</param>
    /// <param name="rank">In [0, length).</param>
    public static float Of(Span<float> values, int rank)
    {
        var (low, high) = (0, values.Length - 1);
        while (low < high)
        {
            var pivot = values[rank];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }

                while (values[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            // [low, j] ≤ pivot ≤ [i, high]
            (low, high) = (j < rank ? i : low, rank < i ? j : high);
        }

        return values[rank];
    }
}
