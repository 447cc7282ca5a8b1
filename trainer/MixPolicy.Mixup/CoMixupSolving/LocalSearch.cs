using System.Numerics.Tensors;
using MixPolicy.Mixup.Methods;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// Improves a labelling on the objective that the paper states, threshold and all (Kim et al. 2021, section 3), which the published solver only follows in part: cell by
/// cell, each output takes the label that lowers <see cref="CoMixupObjective.Of"/> most, as long as it keeps as many sources as it has. Labels are the inputs and
/// the means of two of the output's sources. One instance is a workspace for one size. Not thread-safe.
/// </summary>
/// <param name="inputs">Inputs n.</param>
/// <param name="outputs">Outputs.</param>
/// <param name="cells">Cells of an output.</param>
/// <param name="cols">Columns of cells.</param>
internal sealed class LocalSearch(int inputs, int outputs, int cells, int cols)
{
    private const int MostPasses = 50;
    private const double Gain = 1e-9;

    private readonly float[] _counts = new float[outputs * inputs];
    private readonly float[] _total = new float[inputs];
    private readonly float[] _cost = new float[inputs * cells];

    // Diversity cost of each input if the output at work had 1 or ½ less, as much, ½ or 1 more of it.
    private readonly double[] _diversity = new double[inputs * 5];
    private readonly int[] _sources = new int[inputs];

    private CoMixupSolution _solution = null!;
    private double _smoothness, _weight, _threshold;

    /// <param name="cost">c, inputs×cells.</param>
    public void Improve(CoMixupSolution solution, ReadOnlySpan<float> cost, CoMixupOptions options)
    {
        _solution = solution;
        cost.CopyTo(_cost);
        (_smoothness, _weight, _threshold) = (options.Smoothness / cells / 2, options.Diversity / cells, options.Threshold * cells);
        _total.AsSpan().Clear();
        for (var output = 0; output < outputs; output++)
        {
            var own = Counts(output);
            solution.Count(output, own);
            TensorPrimitives.Add(_total, own, _total);
        }

        for (var pass = 0; pass < MostPasses; pass++)
        {
            var improved = false;
            for (var output = 0; output < outputs; output++)
            {
                improved |= ImproveOutput(output);
            }

            if (!improved)
            {
                return;
            }
        }
    }

    private Span<float> Counts(int output) => _counts.AsSpan(output * inputs, inputs);

    private bool ImproveOutput(int output)
    {
        for (var i = 0; i < inputs; i++)
        {
            SetDiversity(output, i);
        }

        var improved = false;
        for (var cell = 0; cell < cells; cell++)
        {
            var at = (output * cells) + cell;
            var (first, second) = (_solution.First[at], _solution.Second[at]);
            var (bestFirst, bestSecond, best) = (first, second, -Gain);
            var borders = Borders(output, cell, first, second);
            for (var i = 0; i < inputs; i++)
            {
                Try(i, i);
            }

            var sources = Sources(output);
            for (var p = 0; p < sources; p++)
            {
                for (var q = p + 1; q < sources; q++)
                {
                    Try(_sources[p], _sources[q]);
                }
            }

            if (best < -Gain)
            {
                Move(output, at, bestFirst, bestSecond);
                improved = true;
            }

            void Try(int a, int b)
            {
                // Borders cost at least 0: most labels are ruled out before they are counted.
                var change = Own(cell, first, second, a, b) - borders;
                if (change < best && (change += Borders(output, cell, a, b)) < best && KeepsSources(output, first, second, a, b))
                {
                    (bestFirst, bestSecond, best) = (a, b, change);
                }
            }
        }

        return improved;
    }

    private int Sources(int output)
    {
        var own = Counts(output);
        var sources = 0;
        for (var i = 0; i < inputs; i++)
        {
            if (own[i] > 0)
            {
                _sources[sources++] = i;
            }
        }

        return sources;
    }

    /// <summary>Whether the output has no fewer sources after the move.</summary>
    private bool KeepsSources(int output, int first, int second, int a, int b)
    {
        var own = Counts(output);
        var lost = own[first] == Share(first, first, second) && a != first && b != first ? 1 : 0;
        lost += second != first && own[second] == Share(second, first, second) && a != second && b != second ? 1 : 0;
        var won = own[a] == 0 ? 1 : 0;
        won += b != a && own[b] == 0 ? 1 : 0;
        return won >= lost;
    }

    /// <summary>What saliency and diversity change by if the cell takes (a, b) for (first, second).</summary>
    private double Own(int cell, int first, int second, int a, int b)
    {
        var change = 0.5 * (_cost[(a * cells) + cell] + _cost[(b * cells) + cell] - _cost[(first * cells) + cell] - _cost[(second * cells) + cell]);
        change += Diversity(first);
        change += second != first ? Diversity(second) : 0;
        change += a != first && a != second ? Diversity(a) : 0;
        change += b != a && b != first && b != second ? Diversity(b) : 0;
        return change;

        double Diversity(int input)
        {
            var halves = (int)(2 * (Share(input, a, b) - Share(input, first, second)));
            return _diversity[(input * 5) + 2 + halves] - _diversity[(input * 5) + 2];
        }
    }

    /// <summary>What the cell's borders cost if (a, b) fill it.</summary>
    private double Borders(int output, int cell, int a, int b)
    {
        var at = (output * cells) + cell;
        var sum = cell % cols > 0 ? Border(at - 1) : 0;
        sum += cell % cols + 1 < cols ? Border(at + 1) : 0;
        sum += cell >= cols ? Border(at - cols) : 0;
        return sum + (cell + cols < cells ? Border(at + cols) : 0);

        double Border(int neighbour) => _smoothness * CoMixupObjective.Distance(a, b, _solution.First[neighbour], _solution.Second[neighbour]);
    }

    private static float Share(int input, int a, int b) => (input == a ? 0.5f : 0) + (input == b ? 0.5f : 0);

    private void SetDiversity(int output, int input)
    {
        for (var halves = -2; halves <= 2; halves++)
        {
            var (delta, sum) = (halves * 0.5, 0.0);
            for (var j = 0; j < outputs; j++)
            {
                double own = _counts[(j * inputs) + input];
                var others = _total[input] - own + (j == output ? 0 : delta);
                own += j == output ? delta : 0;
                sum += others > _threshold ? others * own : 0;
            }

            _diversity[(input * 5) + 2 + halves] = _weight * sum;
        }
    }

    private void Move(int output, int at, int a, int b)
    {
        var own = Counts(output);
        foreach (var (input, share) in (ReadOnlySpan<(int, float)>)[(_solution.First[at], -0.5f), (_solution.Second[at], -0.5f), (a, 0.5f), (b, 0.5f)])
        {
            own[input] += share;
            _total[input] += share;
        }

        Span<int> touched = [_solution.First[at], _solution.Second[at], a, b];
        (_solution.First[at], _solution.Second[at]) = (a, b);
        foreach (var input in touched)
        {
            SetDiversity(output, input);
        }
    }
}
