using System.Numerics;
using MixPolicy.Mixup.GraphCuts;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// Finds the labelling of one output of Co-Mixup: which input fills each cell, or which two share it (published as <c>graphcut_wrapper</c>). Float costs become
/// whole numbers as gco's wrapper makes them. One instance is a workspace for one size. Not thread-safe.
/// </summary>
/// <param name="inputs">Inputs n, at least 1.</param>
/// <param name="rows">Rows of cells.</param>
/// <param name="cols">Columns of cells.</param>
internal sealed class OutputLabeller(int inputs, int rows, int cols)
{
    private const float UnaryScale = 100_000f;
    private const float EdgeScale = 1_000f;
    private const int LabelScale = 100;
    private const int BlendLabelCost = LabelScale / 4;
    private const float BlendBonus = 5e-4f;
    private const int MostBlends = 3;

    private readonly int _cells = rows * cols;
    private readonly GridEnergy _energy = new(rows, cols, inputs + MostBlends);
    private readonly SwapMoves _swaps = new(rows, cols);
    private readonly int[] _labels = new int[rows * cols];
    private readonly int[] _order = new int[inputs];

    /// <summary>The cost of every input in every cell, inputs×cells: filled by the caller, kept.</summary>
    public float[] Unary { get; } = new float[inputs * rows * cols];

    /// <summary>Sets β for one cell.</summary>
    public void SetSmoothness(double beta)
    {
        var edge = (int)((float)beta * EdgeScale);
        _energy.Right.AsSpan().Fill(edge);
        _energy.Down.AsSpan().Fill(edge);
    }

    /// <summary>Labels the output by <see cref="Unary"/>.</summary>
    /// <param name="counts">Cells of each input that the output has so far: they say which may blend.</param>
    /// <param name="blends">Whether blends of its inputs are labels too.</param>
    /// <param name="first">An input a cell.</param>
    /// <param name="second">The other input of a blended cell, the same one elsewhere.</param>
    public void Label(ReadOnlySpan<float> counts, bool blends, Span<int> first, Span<int> second)
    {
        Span<(int A, int B)> parents = stackalloc (int A, int B)[MostBlends];
        parents = parents[..(blends ? Blends(counts, parents) : 0)];
        _energy.Labels = inputs + parents.Length;
        _energy.SetPotts(LabelScale);
        for (var i = 0; i < inputs; i++)
        {
            var source = Unary.AsSpan(i * _cells, _cells);
            var target = _energy.Unary(i);
            var s = 0;
            for (; s <= target.Length - Vector<int>.Count; s += Vector<int>.Count)
            {
                Vector.ConvertToInt32(new Vector<float>(source[s..]) * UnaryScale).CopyTo(target[s..]);
            }

            for (; s < target.Length; s++)
            {
                target[s] = (int)(source[s] * UnaryScale);
            }
        }

        for (var k = 0; k < parents.Length; k++)
        {
            SetBlend(inputs + k, parents[k].A, parents[k].B);
        }

        _swaps.Solve(_energy, _labels);
        for (var s = 0; s < _labels.Length; s++)
        {
            (first[s], second[s]) = _labels[s] < inputs ? (_labels[s], _labels[s]) : parents[_labels[s] - inputs];
        }
    }

    /// <summary>A blend costs the mean of its inputs, a little less, and its borders to them a quarter of others.</summary>
    private void SetBlend(int label, int a, int b)
    {
        _energy.SetCost(label, a, BlendLabelCost);
        _energy.SetCost(label, b, BlendLabelCost);
        var costA = Unary.AsSpan(a * _cells, _cells);
        var costB = Unary.AsSpan(b * _cells, _cells);
        var target = _energy.Unary(label);
        for (var s = 0; s < target.Length; s++)
        {
            target[s] = (int)((((costA[s] + costB[s]) * 0.5f) - BlendBonus) * UnaryScale);
        }
    }

    /// <summary>The pairs of inputs that the output may blend: its two, or each two of the three it has most of.</summary>
    private int Blends(ReadOnlySpan<float> counts, Span<(int A, int B)> parents)
    {
        var present = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                _order[present++] = i;
            }
        }

        if (present == 2)
        {
            parents[0] = (_order[0], _order[1]);
            return 1;
        }

        if (present < 2)
        {
            return 0;
        }

        TopThree.Find(counts, _order);
        (parents[0], parents[1], parents[2]) = ((_order[0], _order[1]), (_order[0], _order[2]), (_order[1], _order[2]));
        return MostBlends;
    }
}
