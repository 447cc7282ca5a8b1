using MixPolicy.Mixup.GraphCuts;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>
/// Solves a pair's mask by α-β swap (Kim et al. 2020, section 4.1; published as <c>graphcut_multi</c>), in the whole numbers that the published code hands to its
/// solver: int32 that wraps around where a block is very salient. One instance is a workspace for one size. Not thread-safe.
/// </summary>
internal sealed class PuzzleMask
{
    private const int UnaryScale = 100_000;
    private const int EdgeScale = 1_000;
    private const float LabelScale = 100f;
    private const double Tiny = 1e-8;

    private readonly int _blocks;
    private readonly int _labels;
    private readonly GridEnergy _energy;
    private readonly SwapMoves _swaps;
    private readonly int[] _found;

    /// <param name="blocks">P.</param>
    /// <param name="labels">n, values a share can have: 2, 3 or 4.</param>
    public PuzzleMask(int blocks, int labels)
    {
        (_blocks, _labels) = (blocks, labels);
        _energy = new(blocks, blocks, labels);
        _swaps = new(blocks, blocks);
        _found = new int[blocks * blocks];
        _energy.SetPotts((int)LabelScale);
        for (var a = 0; a < labels && labels > 2; a++)
        {
            for (var b = a + 1; b < labels; b++)
            {
                // V(a, b) = ((a − b)/(n − 1))²
                _energy.SetCost(a, b, (int)((float)(double)((a - b) * (a - b) / (double)((labels - 1) * (labels - 1))) * LabelScale));
            }
        }
    }

    /// <summary>Finds the own image's share of each block.</summary>
    /// <param name="lambda">λ in [0, 1].</param>
    /// <param name="smoothness">β / 16P.</param>
    /// <param name="prior">η.</param>
    /// <param name="mask">P×P of 0 to 1.</param>
    public void Solve(PuzzleCosts costs, double lambda, double smoothness, double prior, Span<float> mask)
    {
        var large = 1000f * _blocks * _blocks;
        for (var label = 0; label < _labels; label++)
        {
            // Share 1 − label/(n − 1); its prior is binomial: −log C(n − 1, label)·λ^(n − 1 − label)·(1 − λ)^label
            var (share, rest) = ((float)(1 - (label / (double)(_labels - 1))), (float)(label / (double)(_labels - 1)));
            var likelihood = Binomial(label) * Math.Pow(lambda, _labels - 1 - label) * Math.Pow(1 - lambda, label);
            var prefer = (float)(prior * -Math.Log(likelihood + Tiny) / (_blocks * _blocks));
            var unary = _energy.Unary(label);
            for (var s = 0; s < unary.Length; s++)
            {
                unary[s] = unchecked((int)(large * ((share * costs.Own[s]) + (rest * costs.Partner[s]) + prefer)) * UnaryScale);
            }
        }

        for (var row = 0; row < _blocks; row++)
        {
            for (var col = 0; col < _blocks; col++)
            {
                var site = (row * _blocks) + col;
                _energy.Down[site] = row + 1 < _blocks ? Edge(costs.Down[site]) : 0;
                _energy.Right[site] = col + 1 < _blocks ? Edge(costs.Right[(row * (_blocks - 1)) + col]) : 0;
            }
        }

        _swaps.Solve(_energy, _found);
        for (var s = 0; s < mask.Length; s++)
        {
            mask[s] = (float)(1 - (_found[s] / (double)(_labels - 1)));
        }

        // Where the images' colours would make a border a gain, which the published solver refuses, it costs nothing.
        int Edge(float data) => Math.Max(0, unchecked((int)(large * (data + (float)smoothness)) * EdgeScale));
    }

    private double Binomial(int label) => (_labels, label) switch
    {
        (3, 1) => 2,
        (4, 1 or 2) => 3,
        _ => 1,
    };
}
