namespace MixPolicy.Ppo.Distributions;

/// <summary>ln Γ(x) for x > 0, which .NET lacks: Lanczos' approximation (g = 7, nine terms), relative error about 1e-15.</summary>
internal static class LogGamma
{
    private const double G = 7;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    public static double Of(double x)
    {
        var z = x - 1;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++)
        {
            sum += Lanczos[i] / (z + i);
        }

        // Γ(z + 1) = √2π · (z + g + ½)^(z + ½) · e^−(z + g + ½) · sum
        var t = z + G + 0.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((z + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }
}
