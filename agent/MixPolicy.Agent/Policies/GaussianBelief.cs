namespace MixPolicy.Agent.Policies;

/// <summary>A normal distribution.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation, above 0.</param>
public readonly record struct GaussianBelief(double Mean, double Deviation)
{
    private const int GridPoints = 1024;
    private const double Tails = 6;
    private const double SmallestCumulative = 1e-300;
    private const double SmallestProbability = 1e-12;

    private static readonly double[] ErfcFit =
    [
        -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
    ];

    /// <summary>
    /// The probability of each of several independent normal variables to be the largest:
    /// P(i) = ∫ φ_i(x) Π_{j≠i} Φ_j(x) dx, by the trapezoidal rule.
    /// </summary>
    public static double[] ProbabilitiesOfLargest(IReadOnlyList<GaussianBelief> beliefs)
    {
        // The largest lies above the highest of all lower tails.
        var low = beliefs.Max(belief => belief.Mean - (Tails * belief.Deviation));
        var high = beliefs.Max(belief => belief.Mean + (Tails * belief.Deviation));
        var probabilities = new double[beliefs.Count];
        var logCumulative = new double[beliefs.Count];
        for (var point = 0; point < GridPoints; point++)
        {
            var x = low + ((high - low) * point / (GridPoints - 1));
            var logProduct = 0.0;
            for (var i = 0; i < beliefs.Count; i++)
            {
                logCumulative[i] = Math.Log(Math.Max(SmallestCumulative, Cumulative((x - beliefs[i].Mean) / beliefs[i].Deviation)));
                logProduct += logCumulative[i];
            }

            for (var i = 0; i < beliefs.Count; i++)
            {
                var z = (x - beliefs[i].Mean) / beliefs[i].Deviation;
                probabilities[i] += Math.Exp((-0.5 * z * z) + logProduct - logCumulative[i]) / beliefs[i].Deviation;
            }
        }

        var total = probabilities.Sum();
        return [.. probabilities.Select(probability => Math.Max(SmallestProbability, probability / total))];
    }

    /// <summary>Φ(z), to a relative error of 1.2e-7: erfc by the Chebyshev fit of Press et al., Numerical Recipes in C, 2nd ed., section 6.2.</summary>
    public static double Cumulative(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (0.5 * x));
        var sum = 0.0;
        for (var i = ErfcFit.Length - 1; i >= 0; i--)
        {
            sum = (sum * t) + ErfcFit[i];
        }

        var erfc = t * Math.Exp((-x * x) + sum);
        return z < 0 ? 0.5 * erfc : 1 - (0.5 * erfc);
    }
}
