using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Dashboard.Charts;

/// <summary>The shape of what a number was drawn from.</summary>
internal static class Density
{
    private const int Points = 101;

    /// <summary>Relative to its highest point inside, which may lie at the edge where the density itself has none. Over the logarithm where that is what was stretched.</summary>
    public static LineChart Of(DrawnFrom drawn, string name)
    {
        var (x, y) = (new double[Points], new double[Points]);
        for (var i = 0; i < Points; i++)
        {
            // The edges themselves may be infinite.
            var part = (i + 0.5) / Points;
            x[i] = drawn.LogScale ? drawn.Low * Math.Pow(drawn.High / drawn.Low, part) : drawn.Low + (part * (drawn.High - drawn.Low));
            y[i] = ((drawn.Alpha - 1) * Math.Log(part)) + ((drawn.Beta - 1) * Math.Log(1 - part));
        }

        var top = y.Max();
        return new("Value", "", null, [new(name, x, [.. y.Select(log => Math.Exp(log - top))])]);
    }
}
