namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// What Co-Mixup minimises, for looking at a solution (Kim et al. 2021, section 3): <c>Σ c·z + (β/2)·Σ_neighbours |z_s − z_t|² + γ·diversity</c>, z one-hot or
/// with two halves; β and γ for one cell.
/// </summary>
internal static class CoMixupObjective
{
    /// <summary>The objective that the published solver stops by: diversity <c>Σ_i (Σ_j o_ji)² − Σ_j o_ji²</c>, without compatibility and threshold.</summary>
    public static double Unthresholded(CoMixupSolution solution, ReadOnlySpan<float> cost, int cols, double beta, double gamma) =>
        Of(solution, cost, cols, beta, gamma, double.NegativeInfinity);

    /// <summary>With the paper's threshold: an input costs only where the other outputs have more than <paramref name="threshold"/> cells of it.</summary>
    /// <param name="cost">c: inputs×cells.</param>
    /// <param name="threshold">τ in cells.</param>
    public static double Of(CoMixupSolution solution, ReadOnlySpan<float> cost, int cols, double beta, double gamma, double threshold)
    {
        var total = new float[solution.Inputs];
        var counts = new float[solution.Outputs * solution.Inputs];
        double sum = 0;
        for (var j = 0; j < solution.Outputs; j++)
        {
            var own = counts.AsSpan(j * solution.Inputs, solution.Inputs);
            solution.Count(j, own);
            for (var i = 0; i < own.Length; i++)
            {
                total[i] += own[i];
            }

            sum += Modular(solution, cost, j, cols, beta);
        }

        for (var at = 0; at < counts.Length; at++)
        {
            var others = total[at % solution.Inputs] - counts[at];
            sum += others > threshold ? gamma * others * counts[at] : 0;
        }

        return sum;
    }

    /// <summary>What one output costs without regard to the others.</summary>
    public static double Modular(CoMixupSolution solution, ReadOnlySpan<float> cost, int output, int cols, double beta)
    {
        var first = solution.First.AsSpan(output * solution.Cells, solution.Cells);
        var second = solution.Second.AsSpan(output * solution.Cells, solution.Cells);
        double sum = 0;
        for (var s = 0; s < first.Length; s++)
        {
            sum += 0.5 * (cost[(first[s] * first.Length) + s] + cost[(second[s] * first.Length) + s]);
            sum += s % cols + 1 < cols ? beta / 2 * Distance(first[s], second[s], first[s + 1], second[s + 1]) : 0;
            sum += s + cols < first.Length ? beta / 2 * Distance(first[s], second[s], first[s + cols], second[s + cols]) : 0;
        }

        return sum;
    }

    /// <summary>|z_s − z_t|² of two cells: 2 between different inputs, ½ between a blend and one of its inputs.</summary>
    public static double Distance(int a, int b, int c, int d)
    {
        // |z|² = Σ w²; z_s·z_t = ¼·(matches among the four pairs)
        double own = a == b ? 1 : 0.5, other = c == d ? 1 : 0.5;
        var matches = (a == c ? 1 : 0) + (a == d ? 1 : 0) + (b == c ? 1 : 0) + (b == d ? 1 : 0);
        return own + other - (0.5 * matches);
    }
}
