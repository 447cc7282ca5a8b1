using static System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>
/// Adaptive average pooling of contiguous float32 maps on the CPU. Torch splits even this little work over its threads, and where the machine is busy waits for
/// the last of them much longer than the work takes.
/// </summary>
internal static class SpanPool
{
    /// <summary>B×H×W to B×rows×cols; cell i of n covers pixels [⌊i·size/n⌋, ⌈(i + 1)·size/n⌉).</summary>
    public static Tensor Average(Tensor map, int rows, int cols)
    {
        var (count, height, width) = ((int)map.shape[0], (int)map.shape[1], (int)map.shape[2]);
        var result = empty([count, rows, cols], dtype: float32);
        var source = SpanBlend.Floats(map);
        var target = SpanBlend.Floats(result);
        var sums = new float[width];
        for (var b = 0; b < count; b++)
        {
            var image = source.Slice(b * height * width, height * width);
            for (var row = 0; row < rows; row++)
            {
                var (top, bottom) = Cell(row, rows, height);
                image.Slice(top * width, width).CopyTo(sums);
                for (var y = top + 1; y < bottom; y++)
                {
                    Add(image.Slice(y * width, width), sums, sums);
                }

                for (var col = 0; col < cols; col++)
                {
                    var (left, right) = Cell(col, cols, width);
                    var sum = 0f;
                    for (var x = left; x < right; x++)
                    {
                        sum += sums[x];
                    }

                    target[(((b * rows) + row) * cols) + col] = sum / ((bottom - top) * (right - left));
                }
            }
        }

        GC.KeepAlive(map);
        return result;
    }

    private static (int Start, int End) Cell(int index, int cells, int pixels) =>
        ((int)((long)index * pixels / cells), (int)((((long)(index + 1) * pixels) + cells - 1) / cells));
}
