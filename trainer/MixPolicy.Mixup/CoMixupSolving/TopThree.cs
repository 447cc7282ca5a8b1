namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// The three largest of a list as <c>torch.topk(k=3)</c> finds them on a CPU. Which of equal values are kept decides which inputs an output may blend, so this
/// follows libstdc++'s nth_element (but for its way out of
/// more than 2·log₂ n unlucky pivots). From 192 values on torch sorts partially instead; here the first of equal values are kept then.
/// </summary>
internal static class TopThree
{
    private const int Kept = 3;
    private const int PartialSortFrom = 64 * Kept;

    /// <param name="values">At least 3; none is NaN.</param>
    /// <param name="order">Room for as many indices; the first three are the result, ascending.</param>
    public static void Find(ReadOnlySpan<float> values, Span<int> order)
    {
        for (var i = 0; i < values.Length; i++)
        {
            order[i] = i;
        }

        if (values.Length >= PartialSortFrom)
        {
            TakeFirst(values, order);
        }
        else
        {
            SelectThird(values, order[..values.Length]);
        }

        order[..Kept].Sort();
    }

    private static void TakeFirst(ReadOnlySpan<float> values, Span<int> order)
    {
        for (var k = 0; k < Kept; k++)
        {
            var best = k;
            for (var i = k + 1; i < values.Length; i++)
            {
                if (values[order[i]] > values[order[best]] || (values[order[i]] == values[order[best]] && order[i] < order[best]))
                {
                    best = i;
                }
            }

            (order[k], order[best]) = (order[best], order[k]);
        }
    }

    /// <summary>std::nth_element for the third place, larger values first: quickselect by the median of three, then an insertion sort of at most three.</summary>
    private static void SelectThird(ReadOnlySpan<float> values, Span<int> order)
    {
        var (first, last) = (0, order.Length);
        while (last - first > 3)
        {
            MedianToFirst(values, order, first, first + 1, first + ((last - first) / 2), last - 1);
            var cut = Partition(values, order, first + 1, last, first);
            (first, last) = cut <= Kept - 1 ? (cut, last) : (first, cut);
        }

        for (var i = first + 1; i < last; i++)
        {
            var moved = order[i];
            var to = i;
            for (; to > first && values[moved] > values[order[to - 1]]; to--)
            {
                order[to] = order[to - 1];
            }

            order[to] = moved;
        }
    }

    private static void MedianToFirst(ReadOnlySpan<float> values, Span<int> order, int result, int a, int b, int c)
    {
        bool Before(ReadOnlySpan<float> v, Span<int> o, int x, int y) => v[o[x]] > v[o[y]];
        var median = Before(values, order, a, b)
            ? Before(values, order, b, c) ? b : Before(values, order, a, c) ? c : a
            : Before(values, order, a, c) ? a : Before(values, order, b, c) ? c : b;
        (order[result], order[median]) = (order[median], order[result]);
    }

    private static int Partition(ReadOnlySpan<float> values, Span<int> order, int first, int last, int pivot)
    {
        while (true)
        {
            while (values[order[first]] > values[order[pivot]])
            {
                first++;
            }

            last--;
            while (values[order[pivot]] > values[order[last]])
            {
                last--;
            }

            if (first >= last)
            {
                return first;
            }

            (order[first], order[last]) = (order[last], order[first]);
            first++;
        }
    }
}
