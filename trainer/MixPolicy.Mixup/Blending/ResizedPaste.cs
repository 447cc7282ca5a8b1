using System.Runtime.InteropServices;
using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>Images with a box covered by the whole of another image, resized by nearest neighbour: pixel i of n shows the pixel of N in which its centre lies, ⌊(i + ½)·N/n⌋.</summary>
internal static class ResizedPaste
{
    /// <param name="images">B×C×H×W.</param>
    /// <param name="partner">π, B of int64, on the images' device.</param>
    /// <param name="boxes">One for all, or one an image.</param>
    public static Tensor Images(Tensor images, Tensor partner, CutBox[] boxes)
    {
        var result = images.clone();
        for (var b = 0; b < boxes.Length; b++)
        {
            if (boxes[b].Height * boxes[b].Width == 0)
            {
                continue;
            }

            var (first, count) = boxes.Length == 1 ? (0, (int)images.shape[0]) : (b, 1);
            if (SpanBlend.Fits(images))
            {
                Spans(images, partner, boxes[b], first, count, result);
            }
            else
            {
                Torch(images, partner, boxes[b], first, count, result);
            }
        }

        return result;
    }

    private static void Torch(Tensor images, Tensor partner, CutBox box, int first, int count, Tensor result)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(Centres((int)images.shape[2], box.Height), device: images.device);
        var cols = tensor(Centres((int)images.shape[3], box.Width), device: images.device);
        var small = images.index_select(0, partner.narrow(0, first, count)).index_select(2, rows).index_select(3, cols);
        result.narrow(0, first, count).narrow(2, box.Top, box.Height).narrow(3, box.Left, box.Width).copy_(small);
    }

    /// <summary>Only the box's pixels are read and written.</summary>
    private static void Spans(Tensor images, Tensor partner, CutBox box, int first, int count, Tensor result)
    {
        var (channels, height, width) = ((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        var (rows, cols) = (Centres(height, box.Height), Centres(width, box.Width));
        var source = SpanBlend.Floats(images);
        var target = SpanBlend.Floats(result);
        var order = MemoryMarshal.Cast<byte, long>(partner.bytes);
        for (var plane = first * channels; plane < (first + count) * channels; plane++)
        {
            var other = ((int)order[plane / channels] * channels) + (plane % channels);
            for (var y = 0; y < rows.Length; y++)
            {
                var from = source.Slice(((other * height) + (int)rows[y]) * width, width);
                var to = target.Slice((((plane * height) + box.Top + y) * width) + box.Left, cols.Length);
                for (var x = 0; x < to.Length; x++)
                {
                    to[x] = from[(int)cols[x]];
                }
            }
        }

        GC.KeepAlive(images);
        GC.KeepAlive(partner);
    }

    private static long[] Centres(int from, int to)
    {
        var centres = new long[to];
        for (var i = 0; i < to; i++)
        {
            // ⌊(i + ½)·from/to⌋
            centres[i] = ((2L * i) + 1) * from / (2L * to);
        }

        return centres;
    }
}
