using MixPolicy.Mixup.Blending;
using static System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>Where an image is most salient: the corner of the window with the largest mean saliency, the first of equal ones.</summary>
internal static class SalientWindow
{
    /// <summary>Side of the published window, in pixels; smaller images have a window of their own size.</summary>
    private const int Side = 8;

    /// <param name="saliency">B×H×W, contiguous float32 on the CPU.</param>
    /// <returns>Row and column of each image's window.</returns>
    public static (int Row, int Col)[] Find(Tensor saliency)
    {
        var (count, height, width) = ((int)saliency.shape[0], (int)saliency.shape[1], (int)saliency.shape[2]);
        var maps = SpanBlend.Floats(saliency);
        var corners = new (int, int)[count];
        var sums = new float[width];
        for (var b = 0; b < count; b++)
        {
            corners[b] = Find(maps.Slice(b * height * width, height * width), width, sums);
        }

        GC.KeepAlive(saliency);
        return corners;
    }

    private static (int Row, int Col) Find(ReadOnlySpan<float> map, int width, Span<float> sums)
    {
        var height = map.Length / width;
        var (tall, wide) = (Math.Min(Side, height), Math.Min(Side, width));
        var windows = width - wide + 1;
        var (best, corner) = (float.NegativeInfinity, (0, 0));
        for (var top = 0; top + tall <= height; top++)
        {
            // All windows of a row at once, each summed pixel by pixel, row by row, as avg_pool2d does: ties come out the same.
            sums.Clear();
            for (var y = top; y < top + tall; y++)
            {
                for (var x = 0; x < wide; x++)
                {
                    Add(map.Slice((y * width) + x, windows), sums[..windows], sums);
                }
            }

            for (var left = 0; left < windows; left++)
            {
                if (sums[left] > best)
                {
                    (best, corner) = (sums[left], (top, left));
                }
            }
        }

        return corner;
    }
}
