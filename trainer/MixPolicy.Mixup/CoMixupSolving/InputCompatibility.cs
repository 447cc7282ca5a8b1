namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// A, how little two inputs go together: <c>A = (1 − ω)·I + ω·D·n / Σ D</c>, D being the L1 distance between their most salient windows (Kim et al. 2021, section 3 and
/// appendix).
/// </summary>
internal static class InputCompatibility
{
    /// <param name="windows">One an input of the partition.</param>
    /// <param name="omega">ω in [0, 1].</param>
    /// <returns>n×n, row by row. Where all windows are at one place D counts as 0; the published code divides by zero.</returns>
    public static float[] Of(ReadOnlySpan<(int Row, int Col)> windows, double omega)
    {
        var n = windows.Length;
        var distance = new float[n * n];
        var sum = 0f;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                sum += distance[(i * n) + j] = Math.Abs(windows[i].Row - windows[j].Row) + Math.Abs(windows[i].Col - windows[j].Col);
            }
        }

        for (var at = 0; at < distance.Length; at++)
        {
            var scaled = sum > 0 ? distance[at] / sum * n : 0;
            distance[at] = ((float)(1 - omega) * (at % (n + 1) == 0 ? 1 : 0)) + ((float)omega * scaled);
        }

        return distance;
    }
}
