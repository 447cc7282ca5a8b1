using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>
/// Where every method ends: <c>w·x + (1 − w)·x[π]</c> with the own image's share w of each cell of a grid. A weight of exactly 0 or 1 gives the source
/// pixel exactly.
/// </summary>
internal static class Blend
{
    /// <param name="images">B×C×H×W.</param>
    /// <param name="partner">π, B of int64, on the images' device.</param>
    /// <param name="ownWeight">(B or 1)×rows×cols of float32 in [0, 1], on the images' device.</param>
    public static Tensor Images(Tensor images, Tensor partner, Tensor ownWeight) =>
        SpanBlend.Fits(images) ? SpanBlend.Images(images, partner, ownWeight) : Torch(images, partner, ownWeight);

    /// <param name="labels">B×K.</param>
    /// <param name="ownWeight">B or 1 of float32 in [0, 1].</param>
    public static Tensor Labels(Tensor labels, Tensor partner, Tensor ownWeight)
    {
        using var scope = NewDisposeScope();
        var (count, classes) = (labels.shape[0], labels.shape[1]);
        return Images(labels.view(count, 1, 1, classes), partner, ownWeight.view(-1, 1, 1)).view(count, classes).MoveToOuterDisposeScope();
    }

    /// <summary>The plain way, for any device, type and layout.</summary>
    public static Tensor Torch(Tensor images, Tensor partner, Tensor ownWeight)
    {
        using var scope = NewDisposeScope();
        var weight = (ownWeight.shape[1] * ownWeight.shape[2] == 1 ? ownWeight : CellGrid.Enlarge(ownWeight, (int)images.shape[2], (int)images.shape[3]))
            .unsqueeze(1).to(images.dtype);
        return ((weight * images) + ((1 - weight) * images.index_select(0, partner))).MoveToOuterDisposeScope();
    }
}
