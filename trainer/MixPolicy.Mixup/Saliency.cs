using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>
/// Saliency of an image: how strongly the clean loss depends on each pixel (Kim et al. 2020, "Puzzle Mix", section 3; as used by Luu et al. 2022).
/// </summary>
public static class Saliency
{
    /// <summary>
    /// The saliency of a module, in training mode: batch norm sees batch statistics, and every buffer of the module (running statistics) is put back, so
    /// that they end as if only the training pass had run.
    /// </summary>
    /// <param name="cleanLossWeight">
    /// Of methods that regularise with the clean loss (<see cref="IMixupMethod.CleanLossWeight"/>), ≥ 0: above 0, the pass also adds this many times the
    /// loss's weight gradients to the parameters' <c>grad</c>, at the price of a full backward pass. At 0 no weight gradient is computed.
    /// </param>
    /// <param name="keepGradient">Gives <see cref="SaliencyResult.Gradient"/> too.</param>
    /// <param name="forward">Runs the module otherwise than by its <c>forward</c>, B×C×H×W to B×K; null for that.</param>
    /// <inheritdoc cref="Compute(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    public static SaliencyResult Compute(
        nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels, double cleanLossWeight = 0, bool keepGradient = false, Func<Tensor, Tensor>? forward = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cleanLossWeight);
        return TrainingMode.Untouched(network, () =>
        {
            using var scope = NewDisposeScope();
            var result = Compute(forward ?? network.call, images, labels, cleanLossWeight, keepGradient);
            return result with
            {
                Map = result.Map.MoveToOuterDisposeScope(),
                Logits = result.Logits.MoveToOuterDisposeScope(),
                Loss = result.Loss.MoveToOuterDisposeScope(),
                Gradient = result.Gradient?.MoveToOuterDisposeScope(),
            };
        });
    }

    /// <summary>
    /// The saliency of any differentiable function, by one forward and the input's half of one backward pass:
    /// <c>g = ∂ mean_b((2/K)·CE(f(x_b), y_b)) / ∂x</c>, <c>s = √(mean over channels of g²)</c>. Running statistics are the function's own affair.
    /// </summary>
    /// <param name="network">Images B×C×H×W to logits B×K.</param>
    /// <param name="images">B×C×H×W. Left as they are: no gradient is stored in them.</param>
    /// <param name="labels">Soft labels, B×K.</param>
    public static SaliencyResult Compute(Func<Tensor, Tensor> network, Tensor images, Tensor labels) => Compute(network, images, labels, 0, false);

    /// <summary>Average pooling of maps to a grid, un-normalised: B×H×W to B×rows×cols. Where the grid does not divide the map, neighbouring cells share a row or column.</summary>
    public static Tensor AveragePool(Tensor map, int rows, int cols)
    {
        if (rows < 1 || cols < 1 || rows > map.shape[1] || cols > map.shape[2])
        {
            throw new ArgumentOutOfRangeException(nameof(rows), $"{rows}×{cols}", $"a grid over maps of {map.shape[1]}×{map.shape[2]} must have 1 to as many cells a side");
        }

        if (map.shape[1] == rows && map.shape[2] == cols)
        {
            return map.alias();
        }

        return SpanBlend.Fits(map) ? SpanPool.Average(map, rows, cols) : nn.functional.adaptive_avg_pool2d(map, [rows, cols]);
    }

    /// <summary>Pools to <paramref name="patches"/> cells a side and normalises: every image sums to 1.</summary>
    public static Tensor Pool(Tensor map, int patches) => Pool(map, patches, patches);

    /// <summary>
    /// Pools to a grid and normalises: every image sums to 1. A map that is zero everywhere, or not finite, becomes uniform: nothing in it is more salient
    /// than the rest.
    /// </summary>
    /// <param name="map">B×H×W, never negative.</param>
    /// <returns>B×rows×cols.</returns>
    public static Tensor Pool(Tensor map, int rows, int cols)
    {
        using var scope = NewDisposeScope();
        var pooled = AveragePool(map, rows, cols);
        var total = pooled.sum([1, 2], keepdim: true);
        var usable = total.gt(0).logical_and_(total.isfinite());
        return where(usable, pooled / total, full([1], 1.0 / (rows * cols), dtype: map.dtype, device: map.device)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Cosine similarity in [−1, 1] of the un-normalised pooled saliency of the clean batch and of the mixed batch, all images flattened into one vector:
    /// the reward of Luu et al. 2022, section 4. 0 where one of them is zero everywhere.
    /// </summary>
    /// <param name="clean">B×rows×cols, see <see cref="AveragePool"/>.</param>
    /// <param name="mixed">The same shape.</param>
    public static double GradientSimilarity(Tensor clean, Tensor mixed)
    {
        using var scope = NewDisposeScope();
        // Of a vector with itself, rounding gives a little more than 1.
        return Math.Clamp(nn.functional.cosine_similarity(clean.flatten(), mixed.flatten(), 0, 1e-12).cpu().to(float64).item<double>(), -1, 1);
    }

    private static SaliencyResult Compute(Func<Tensor, Tensor> network, Tensor images, Tensor labels, double cleanLossWeight, bool keepGradient)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var input = images.detach().requires_grad_();
        var logits = network(input);
        var loss = nn.functional.cross_entropy(logits, labels) * (2.0 / logits.shape[1]);
        Tensor gradient;
        if (cleanLossWeight > 0)
        {
            // All gradients of the pass come times the weight; the input's is taken back to that of the loss alone.
            (loss * cleanLossWeight).backward();
            gradient = cleanLossWeight == 1 ? input.grad! : input.grad! / cleanLossWeight;
        }
        else
        {
            gradient = autograd.grad([loss], [input])[0];
        }

        gradient = gradient.detach();
        var map = gradient.square().mean([1]).sqrt();
        return new(map.MoveToOuterDisposeScope(), logits.detach().MoveToOuterDisposeScope(), loss.detach().MoveToOuterDisposeScope())
        {
            Gradient = keepGradient ? gradient.MoveToOuterDisposeScope() : null,
        };
    }
}
