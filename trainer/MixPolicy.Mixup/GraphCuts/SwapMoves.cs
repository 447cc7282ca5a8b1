using System.Numerics;

namespace MixPolicy.Mixup.GraphCuts;

/// <summary>
/// α-β swap (Boykov, Veksler, Zabih 2001, "Fast approximate energy minimization via graph cuts"), in the order and with the tie rule of gco-v3.0, which the
/// published implementations call: all sites start with label 0; a sweep takes the pairs a = 0, 1, …, for each b from the last label down to a + 1; the sites
/// labelled a or b are divided anew by a minimum cut, b being the smallest possible sink side; sweeps go on while the energy falls. Any exact flow gives the
/// same result. One instance is a workspace for grids of one size: nothing is allocated between two problems of as many labels. Not thread-safe.
/// </summary>
internal sealed class SwapMoves
{
    private const byte Outsider = 0;
    private const byte Open = 1;
    private const byte SideA = 2;
    private const byte SideB = 3;

    private readonly int _cols;
    private readonly GridFlow _flow;
    private readonly SiteSets? _sets;
    private readonly int[] _active;
    private readonly int[] _node;
    private readonly long[] _balance;
    private readonly long[] _right;
    private readonly long[] _down;
    private readonly byte[] _side;
    private readonly int[] _waiting;
    private readonly bool[] _hasRight;
    private readonly bool[] _hasBelow;

    /// <param name="rows">Rows of the grid, at least 1.</param>
    /// <param name="cols">Columns of the grid, at least 1.</param>
    /// <param name="remembers">Whether <see cref="Solve"/> skips swaps known to change nothing, where the grid is small enough; the result is the same.</param>
    public SwapMoves(int rows, int cols, bool remembers = true)
    {
        _cols = cols;
        _flow = new(rows, cols);
        _sets = remembers && rows * cols <= SiteSets.MostSites ? new() : null;
        (_active, _node) = (new int[rows * cols], new int[rows * cols]);
        (_hasRight, _hasBelow) = (new bool[rows * cols], new bool[rows * cols]);
        (_balance, _right, _down) = (new long[rows * cols], new long[rows * cols], new long[rows * cols]);
        (_side, _waiting) = (new byte[rows * cols], new int[rows * cols * 5]);
        for (var site = 0; site < _node.Length; site++)
        {
            var (row, col) = Math.DivRem(site, cols);
            _node[site] = ((row + 1) * _flow.Stride) + col + 1;
            (_hasRight[site], _hasBelow[site]) = (col + 1 < cols, row + 1 < rows);
        }
    }

    /// <summary>
    /// Minimises the energy. The result is a local minimum under every swap, except that where the last sweep moved ties it stops there, as gco does.
    /// </summary>
    /// <param name="energy">Of the grid's size; V must be symmetric with V(a, a) + V(b, b) ≤ 2·V(a, b).</param>
    /// <param name="labelling">The result, a label a site. What it holds before does not matter.</param>
    /// <returns>The energy of the result.</returns>
    public long Solve(GridEnergy energy, Span<int> labelling)
    {
        labelling.Clear();
        _sets?.Start(energy);
        var now = energy.Of(labelling);
        long before;
        do
        {
            before = now;
            if (Sweep(energy, labelling))
            {
                now = energy.Of(labelling);
            }
        }
        while (now < before);

        return now;
    }

    /// <summary>Divides the sites labelled a or b anew. From outside only for an instance that remembers nothing.</summary>
    /// <returns>Whether any label changed.</returns>
    public bool Swap(GridEnergy energy, Span<int> labelling, int a, int b)
    {
        var active = FindActive(labelling, a, b);
        if (active == 0)
        {
            return false;
        }

        // Costs of b less those of a, as far as each site decides it alone; doubled, so that halves stay whole.
        var toA = energy.Unary(a);
        var toB = energy.Unary(b);
        var plain = energy.IsPlain(a) && energy.IsPlain(b);
        var (rising, falling) = (false, false);
        for (var i = 0; i < active; i++)
        {
            var site = _active[i];
            var difference = (2 * ((long)toB[site] - toA[site])) + (plain ? 0 : Outside(energy, labelling, site, a, b));
            rising |= difference >= 0;
            falling |= difference < 0;
            _balance[site] = difference;
        }

        return rising && falling
            ? Cut(energy, labelling, active, a, b)
            : SetAll(energy, labelling, active, a, b, falling);
    }

    private bool Sweep(GridEnergy energy, Span<int> labelling)
    {
        var changed = false;
        for (var a = 0; a < energy.Labels; a++)
        {
            for (var b = energy.Labels - 1; b > a; b--)
            {
                if (_sets is not null && _sets.With(a) == 0)
                {
                    // Only a label that some site has can be swapped with one that none has.
                    b = _sets.LastPresent(b);
                    if (b <= a)
                    {
                        break;
                    }
                }

                if (_sets is null || !_sets.IsSettled(energy, a, b))
                {
                    changed |= Swap(energy, labelling, a, b);
                }
            }
        }

        return changed;
    }

    private int FindActive(ReadOnlySpan<int> labelling, int a, int b)
    {
        var active = 0;
        if (_sets is not null)
        {
            for (var sites = _sets.With(a) | _sets.With(b); sites != 0; sites &= sites - 1)
            {
                _active[active++] = BitOperations.TrailingZeroCount(sites);
            }

            return active;
        }

        for (var site = 0; site < labelling.Length; site++)
        {
            if (labelling[site] == a || labelling[site] == b)
            {
                _active[active++] = site;
            }
        }

        return active;
    }

    /// <summary>What neighbours with other labels, and V(a, a) ≠ V(b, b) with those inside, add to the difference.</summary>
    private long Outside(GridEnergy energy, ReadOnlySpan<int> labelling, int site, int a, int b)
    {
        long sum = 0;
        sum += _hasRight[site] ? Neighbour(energy.Right[site], labelling[site + 1]) : 0;
        sum += _hasBelow[site] ? Neighbour(energy.Down[site], labelling[site + _cols]) : 0;
        sum += site > 0 && _hasRight[site - 1] ? Neighbour(energy.Right[site - 1], labelling[site - 1]) : 0;
        return sum + (site >= _cols ? Neighbour(energy.Down[site - _cols], labelling[site - _cols]) : 0);

        long Neighbour(int weight, int label) => weight * (label == a || label == b
            ? (long)energy.Cost(b, b) - energy.Cost(a, a)
            : 2 * ((long)energy.Cost(b, label) - energy.Cost(a, label)));
    }

    /// <summary>No site prefers b: none can reach the sink. All do: all can.</summary>
    private bool SetAll(GridEnergy energy, Span<int> labelling, int active, int a, int b, bool toB)
    {
        var (changed, sites) = (false, 0UL);
        foreach (var site in _active.AsSpan(0, active))
        {
            changed |= labelling[site] != (toB ? b : a);
            labelling[site] = toB ? b : a;
            sites |= 1UL << site;
        }

        _sets?.Set(energy, a, toB ? 0 : sites, b, toB ? sites : 0);
        return changed;
    }

    private bool Cut(GridEnergy energy, Span<int> labelling, int active, int a, int b)
    {
        // What a border between two sites of the swap costs more than the mean of no border; doubled as well.
        var border = (2L * energy.Cost(a, b)) - energy.Cost(a, a) - energy.Cost(b, b);
        if (border < 0)
        {
            throw new ArgumentException($"the labels {a} and {b} cannot be swapped: V(a, a) + V(b, b) exceeds 2·V(a, b)", nameof(energy));
        }

        Link(energy, labelling, active, a, b, border);
        Decide(active);
        Flow(active);
        var (changed, atA, atB) = (false, 0UL, 0UL);
        for (var i = 0; i < active; i++)
        {
            var site = _active[i];
            var toB = _side[site] == SideB;
            changed |= labelling[site] != (toB ? b : a);
            labelling[site] = toB ? b : a;
            (atA, atB) = toB ? (atA, atB | (1UL << site)) : (atA | (1UL << site), atB);
            _side[site] = Outsider;
        }

        _sets?.Set(energy, a, atA, b, atB);
        return changed;
    }

    /// <summary>Sets the capacities between the sites of the swap.</summary>
    private void Link(GridEnergy energy, ReadOnlySpan<int> labelling, int active, int a, int b, long border)
    {
        for (var i = 0; i < active; i++)
        {
            var site = _active[i];
            _side[site] = Open;
            _right[site] = _hasRight[site] && (labelling[site + 1] == a || labelling[site + 1] == b) ? energy.Right[site] * border : 0;
            _down[site] = _hasBelow[site] && (labelling[site + _cols] == a || labelling[site + _cols] == b) ? energy.Down[site] * border : 0;
        }
    }

    /// <summary>
    /// Decides the sites whose own balance outweighs all their borders, then their neighbours with what is left of theirs, and so on. A balance that equals the
    /// borders decides for a, as the smallest sink side does; only more than that decides for b.
    /// </summary>
    private void Decide(int active)
    {
        _active.AsSpan(0, active).CopyTo(_waiting);
        var waiting = active;
        while (waiting > 0)
        {
            var site = _waiting[--waiting];
            if (_side[site] != Open)
            {
                continue;
            }

            var (balance, left, above) = (_balance[site], site - 1, site - _cols);
            var toRight = _right[site] > 0 && _side[site + 1] == Open ? _right[site] : 0;
            var toLeft = left >= 0 && _side[left] == Open ? _right[left] : 0;
            var toBelow = _down[site] > 0 && _side[site + _cols] == Open ? _down[site] : 0;
            var toAbove = above >= 0 && _side[above] == Open ? _down[above] : 0;
            var borders = toRight + toLeft + toBelow + toAbove;
            if (balance < borders && balance >= -borders)
            {
                continue;
            }

            _side[site] = balance < 0 ? SideB : SideA;
            waiting = Settle(site + 1, toRight, balance, waiting);
            waiting = Settle(left, toLeft, balance, waiting);
            waiting = Settle(site + _cols, toBelow, balance, waiting);
            waiting = Settle(above, toAbove, balance, waiting);
        }
    }

    /// <summary>A decided neighbour makes its own side cheaper by the border.</summary>
    private int Settle(int site, long border, long balance, int waiting)
    {
        if (border > 0)
        {
            _balance[site] += balance < 0 ? -border : border;
            _waiting[waiting++] = site;
        }

        return waiting;
    }

    /// <summary>The flow from one site straight to its neighbour, negative the other way: most of all flow is of this kind, and here it costs least.</summary>
    private long Push(int site, int neighbour, long capacity)
    {
        var (own, other) = (_balance[site], _balance[neighbour]);
        var flow = own > 0 && other < 0 ? Math.Min(Math.Min(own, -other), capacity)
            : own < 0 && other > 0 ? -Math.Min(Math.Min(-own, other), capacity)
            : 0;
        _balance[site] -= flow;
        _balance[neighbour] += flow;
        return flow;
    }

    /// <summary>Divides what is still open by a minimum cut.</summary>
    private void Flow(int active)
    {
        var open = 0;
        foreach (var site in _active.AsSpan(0, active))
        {
            if (_side[site] == Open)
            {
                _waiting[open++] = site;
                if (_right[site] > 0 && _side[site + 1] == Open)
                {
                    var pushed = Push(site, site + 1, _right[site]);
                    _flow.LinkRight(_node[site], _right[site] - pushed, _right[site] + pushed);
                }

                if (_down[site] > 0 && _side[site + _cols] == Open)
                {
                    var pushed = Push(site, site + _cols, _down[site]);
                    _flow.LinkDown(_node[site], _down[site] - pushed, _down[site] + pushed);
                }
            }
        }

        if (open == 0)
        {
            return;
        }

        foreach (var site in _waiting.AsSpan(0, open))
        {
            _flow.Add(_node[site], _balance[site]);
        }

        _flow.Run();
        foreach (var site in _waiting.AsSpan(0, open))
        {
            _side[site] = _flow.ReachesSink(_node[site]) ? SideB : SideA;
            _flow.Remove(_node[site]);
        }
    }
}
