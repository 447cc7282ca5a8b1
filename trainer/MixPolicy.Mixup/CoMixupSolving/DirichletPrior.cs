using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>Co-Mixup's prior over how much of each input a partition's outputs have (Kim et al. 2021, section 3).</summary>
internal static class DirichletPrior
{
    /// <summary>One draw of Dirichlet(α, …, α).</summary>
    public static float[] Draw(RandomStream stream, int inputs, double alpha)
    {
        var logs = new double[inputs];
        for (var i = 0; i < inputs; i++)
        {
            logs[i] = stream.LogGamma(alpha);
        }

        // X_i / Σ X, from logarithms against the largest so that a small α does not give 0 / 0.
        var largest = logs.Max();
        var sum = logs.Sum(l => Math.Exp(l - largest));
        return [.. logs.Select(l => (float)(Math.Exp(l - largest) / sum))];
    }

    /// <summary>c ← c − (η / cells)·log(α_i + 1e-8), in float32 as published.</summary>
    /// <param name="cost">inputs×cells.</param>
    /// <param name="draw">α, one an input.</param>
    public static void AddTo(Span<float> cost, ReadOnlySpan<float> draw, double eta)
    {
        var cells = cost.Length / draw.Length;
        var weight = (float)(eta / cells);
        for (var i = 0; i < draw.Length; i++)
        {
            var prior = weight * MathF.Log(draw[i] + 1e-8f);
            foreach (ref var c in cost.Slice(i * cells, cells))
            {
                c -= prior;
            }
        }
    }
}
