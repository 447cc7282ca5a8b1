namespace MixPolicy.Mixup.GraphCuts;

/// <summary>
/// α-β swap (Boykov, Veksler, Zabih 2001, "Fast approximate energy minimization via graph cuts"), in the order and with the tie rule of gco-v3.0, which the
/// published implementations call: all sites start with label 0; a sweep takes the pairs a = 0, 1, …, for each b from the last label down to a + 1; the sites
/// labelled a or b are divided anew by a minimum cut, b being the smallest possible sink side; sweeps go on while the energy falls. Any exact flow gives the
/// same result. One instance is a workspace for grids of one size: nothing is allocated in <see cref="Solve"/>. Not thread-safe.
/// </summary>
/// <param name="rows">Rows of the grid, at least 1.</param>
/// <param name="cols">Columns of the grid, at least 1.</param>
internal sealed class SwapMoves(int rows, int cols)
{
    private readonly GridFlow _flow = new(rows, cols);
    private readonly int[] _active = new int[rows * cols];
    private readonly long[] _difference = new long[rows * cols];
    private int[] _count = [];

    /// <summary>Minimises the energy; the result is a local minimum under every swap.</summary>
    /// <param name="energy">Of the grid's size; V must be symmetric with V(a, a) + V(b, b) ≤ 2·V(a, b).</param>
    /// <param name="labelling">The result, a label a site. What it holds before does not matter.</param>
    /// <returns>The energy of the result.</returns>
    public long Solve(GridEnergy energy, Span<int> labelling)
    {
        if (_count.Length < energy.Labels)
        {
            _count = new int[energy.Labels];
        }

        labelling.Clear();
        _count.AsSpan().Clear();
        _count[0] = energy.Sites;
        var now = energy.Of(labelling);
        long before;
        do
        {
            before = now;
            for (var a = 0; a < energy.Labels; a++)
            {
                for (var b = energy.Labels - 1; b > a; b--)
                {
                    if (_count[a] + _count[b] > 0)
                    {
                        Swap(energy, labelling, a, b);
                    }
                }
            }

            now = energy.Of(labelling);
        }
        while (now < before);

        return now;
    }

    /// <summary>Divides the sites labelled a or b anew. All costs are doubled, so that halves stay whole.</summary>
    public void Swap(GridEnergy energy, Span<int> labelling, int a, int b)
    {
        var toA = energy.Unary(a);
        var toB = energy.Unary(b);
        var plain = energy.IsPlain(a) && energy.IsPlain(b);
        var (active, rising, falling) = (0, false, false);
        for (var site = 0; site < labelling.Length; site++)
        {
            if (labelling[site] == a || labelling[site] == b)
            {
                // Cost of b less that of a, as far as this site decides it alone.
                var difference = 2 * ((long)toB[site] - toA[site]);
                if (!plain)
                {
                    difference += Outside(energy, labelling, site, a, b);
                }

                rising |= difference >= 0;
                falling |= difference < 0;
                _difference[active] = difference;
                _active[active++] = site;
            }
        }

        if (rising && falling)
        {
            Cut(energy, labelling, active, a, b);
            return;
        }

        // No site prefers b: none can reach the sink. All do: all can.
        foreach (var site in _active.AsSpan(0, active))
        {
            labelling[site] = falling ? b : a;
        }

        (_count[a], _count[b]) = falling ? (0, active) : (active, 0);
    }

    /// <summary>What neighbours with other labels, and V(a, a) ≠ V(b, b) with those inside, add to the difference.</summary>
    private static long Outside(GridEnergy energy, ReadOnlySpan<int> labelling, int site, int a, int b)
    {
        long sum = 0;
        var (row, col) = Math.DivRem(site, energy.Cols);
        if (col > 0)
        {
            sum += Neighbour(energy.Right[site - 1], labelling[site - 1]);
        }

        if (col + 1 < energy.Cols)
        {
            sum += Neighbour(energy.Right[site], labelling[site + 1]);
        }

        if (row > 0)
        {
            sum += Neighbour(energy.Down[site - energy.Cols], labelling[site - energy.Cols]);
        }

        if (row + 1 < energy.Rows)
        {
            sum += Neighbour(energy.Down[site], labelling[site + energy.Cols]);
        }

        return sum;

        long Neighbour(int weight, int label) => weight * (label == a || label == b
            ? (long)energy.Cost(b, b) - energy.Cost(a, a)
            : 2 * ((long)energy.Cost(b, label) - energy.Cost(a, label)));
    }

    private void Cut(GridEnergy energy, Span<int> labelling, int active, int a, int b)
    {
        // V(aa) at (a, a), V(bb) at (b, b): what a border between two sites of the swap costs more than the mean of no border.
        var border = (2L * energy.Cost(a, b)) - energy.Cost(a, a) - energy.Cost(b, b);
        if (border < 0)
        {
            throw new ArgumentException($"the labels {a} and {b} cannot be swapped: V(a, a) + V(b, b) exceeds 2·V(a, b)", nameof(energy));
        }

        for (var i = 0; i < active; i++)
        {
            var site = _active[i];
            var (row, col) = Math.DivRem(site, energy.Cols);
            var node = Node(row, col);
            _flow.Add(node, _difference[i]);
            if (col + 1 < energy.Cols && IsActive(labelling[site + 1]))
            {
                _flow.LinkRight(node, energy.Right[site] * border);
            }

            if (row + 1 < energy.Rows && IsActive(labelling[site + energy.Cols]))
            {
                _flow.LinkDown(node, energy.Down[site] * border);
            }
        }

        _flow.Run();
        var count = 0;
        for (var i = 0; i < active; i++)
        {
            var (row, col) = Math.DivRem(_active[i], energy.Cols);
            var chosen = _flow.ReachesSink(Node(row, col));
            labelling[_active[i]] = chosen ? b : a;
            count += chosen ? 1 : 0;
        }

        for (var i = 0; i < active; i++)
        {
            var (row, col) = Math.DivRem(_active[i], energy.Cols);
            _flow.Remove(Node(row, col));
        }

        (_count[a], _count[b]) = (active - count, count);

        bool IsActive(int label) => label == a || label == b;
    }

    private int Node(int row, int col) => ((row + 1) * _flow.Stride) + col + 1;
}
