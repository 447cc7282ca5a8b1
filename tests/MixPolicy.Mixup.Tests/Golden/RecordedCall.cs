using System.Text.Json;
using MixPolicy.Mixup.CoMixupSolving;

namespace MixPolicy.Mixup.Tests.Golden;

/// <summary>A recorded labelling of one output of Co-Mixup.</summary>
internal static class RecordedCall
{
    /// <param name="call">Has the costs <c>cost_penalty</c>, rows×cols×inputs, and <c>label_count</c>.</param>
    /// <param name="beta">For one cell.</param>
    /// <param name="sweep">From 0; blends are allowed after the first.</param>
    /// <returns>The mask found, rows×cols×inputs.</returns>
    public static float[] Label(JsonElement call, double beta, int sweep)
    {
        var (shape, cost) = (GoldenArrays.Shape(call, "cost_penalty"), GoldenArrays.Floats(call, "cost_penalty"));
        var (rows, cols, inputs) = (shape[0], shape[1], shape[2]);
        var labeller = new OutputLabeller(inputs, rows, cols);
        labeller.SetSmoothness(beta);
        for (var at = 0; at < cost.Length; at++)
        {
            labeller.Unary[(at % inputs * rows * cols) + (at / inputs)] = cost[at];
        }

        var (first, second) = (new int[rows * cols], new int[rows * cols]);
        labeller.Label(GoldenArrays.Floats(call, "label_count"), sweep > 0, first, second);
        return GoldenArrays.Masks(first, second, inputs);
    }
}
