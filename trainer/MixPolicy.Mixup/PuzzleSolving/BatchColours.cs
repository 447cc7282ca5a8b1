using static TorchSharp.torch;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>The colours of a batch in [0, 1], where its normalisation is known.</summary>
internal static class BatchColours
{
    /// <summary>The mean colours of a grid of side×side areas: B×C×side×side of float32 on the CPU.</summary>
    public static Tensor Pooled(MixupBatch batch, int side)
    {
        using var scope = NewDisposeScope();
        var images = batch.Images.detach().cpu().to(float32).contiguous();
        var means = Saliency.AveragePool(images.flatten(0, 1), side, side).view(batch.Size, images.shape[1], side, side);
        return Restore(means, batch.Scale).MoveToOuterDisposeScope();
    }

    /// <summary>value·deviation + mean.</summary>
    public static Tensor Restore(Tensor values, PixelScale? scale) => scale is null ? values : (values * Channel(values, scale.Deviation)) + Channel(values, scale.Mean);

    /// <summary>(colour − mean) / deviation.</summary>
    public static Tensor Normalise(Tensor colours, PixelScale? scale) => scale is null ? colours : (colours - Channel(colours, scale.Mean)) / Channel(colours, scale.Deviation);

    private static Tensor Channel(Tensor like, IReadOnlyList<float> values) => tensor([.. values], [1, values.Count, 1, 1], device: like.device).to(like.dtype);
}
