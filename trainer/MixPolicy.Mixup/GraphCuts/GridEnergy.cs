namespace MixPolicy.Mixup.GraphCuts;

/// <summary>
/// The energy of a labelling l of a grid, in whole numbers: <c>Σ_s U(s, l_s) + Σ_{s,t neighbours} w_st·V(l_s, l_t)</c>. Whole numbers, because the published
/// implementations hand their float costs to a solver that truncates them, and ties decide which of two equal labellings comes out.
/// </summary>
internal sealed class GridEnergy
{
    private readonly int[] _unary;
    private readonly int[] _cost;
    private readonly bool[] _special;

    /// <param name="rows">At least 1.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="labels">Most labels L that <see cref="Labels"/> will be set to, at least 2.</param>
    public GridEnergy(int rows, int cols, int labels)
    {
        (Rows, Cols, Capacity, Labels) = (rows, cols, labels, labels);
        _unary = new int[labels * rows * cols];
        _cost = new int[labels * labels];
        _special = new bool[labels];
        (Right, Down) = (new int[rows * cols], new int[rows * cols]);
        SetPotts(1);
    }

    public int Rows { get; }

    public int Cols { get; }

    public int Sites => Rows * Cols;

    public int Capacity { get; }

    /// <summary>Labels in use, at most <see cref="Capacity"/>.</summary>
    public int Labels { get; set; }

    /// <summary>w between a site and its right neighbour, row by row, never negative; the last column's is not read.</summary>
    public int[] Right { get; }

    /// <summary>w between a site and the one below, row by row, never negative; the last row's is not read.</summary>
    public int[] Down { get; }

    /// <summary>U of one label, a number a site.</summary>
    public Span<int> Unary(int label) => _unary.AsSpan(label * Sites, Sites);

    /// <summary>
    /// Whether V is the same between the label and every other one, and 0 with itself: then the labels of neighbours outside a swap of two such labels do not
    /// change what the swap costs.
    /// </summary>
    public bool IsPlain(int label) => !_special[label];

    /// <summary>V(a, b).</summary>
    public int Cost(int a, int b) => _cost[(a * Capacity) + b];

    /// <summary>V = <paramref name="cost"/> between two different labels, 0 between equal ones.</summary>
    public void SetPotts(int cost)
    {
        for (var a = 0; a < Capacity; a++)
        {
            _cost.AsSpan(a * Capacity, Capacity).Fill(cost);
            _cost[(a * Capacity) + a] = 0;
        }

        Array.Clear(_special);
    }

    /// <summary>Sets V(a, b) and V(b, a).</summary>
    public void SetCost(int a, int b, int cost)
    {
        _cost[(a * Capacity) + b] = _cost[(b * Capacity) + a] = cost;
        _special[a] = _special[b] = true;
    }

    public long Of(ReadOnlySpan<int> labelling)
    {
        long energy = 0;
        for (var (row, site) = (0, 0); row < Rows; row++)
        {
            for (var col = 0; col < Cols; col++, site++)
            {
                var label = labelling[site];
                energy += _unary[(label * Sites) + site];
                energy += col + 1 < Cols ? (long)Right[site] * Cost(label, labelling[site + 1]) : 0;
                energy += row + 1 < Rows ? (long)Down[site] * Cost(label, labelling[site + Cols]) : 0;
            }
        }

        return energy;
    }
}
