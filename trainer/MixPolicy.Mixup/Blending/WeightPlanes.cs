using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>Weights as the blend wants them, written straight into a tensor's memory: an array of this size would be on the large object heap, batch after batch.</summary>
internal static class WeightPlanes
{
    /// <summary>Writes one plane of a tensor, row by row.</summary>
    public delegate void Writer(int plane, Span<float> cells);

    /// <returns>count×rows×cols of float32 on the device of <paramref name="like"/>.</returns>
    public static Tensor Write(int count, int rows, int cols, Tensor like, Writer write)
    {
        var weight = empty([count, rows, cols], dtype: float32);
        var cells = SpanBlend.Floats(weight);
        for (var plane = 0; plane < count; plane++)
        {
            write(plane, cells.Slice(plane * rows * cols, rows * cols));
        }

        return like.device_type == TorchSharp.DeviceType.CPU ? weight : Moved(weight, like);
    }

    /// <summary>The given planes, each rows·cols.</summary>
    public static Tensor Of(float[][] planes, int rows, int cols, Tensor like) =>
        Write(planes.Length, rows, cols, like, (plane, cells) => planes[plane].CopyTo(cells));

    private static Tensor Moved(Tensor weight, Tensor like)
    {
        using (weight)
        {
            return weight.to(like.device);
        }
    }
}
