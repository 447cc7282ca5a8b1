using System.Runtime.InteropServices;
using MixPolicy.Mixup.Blending;
using static System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>Which cells of an image are salient.</summary>
internal static class SaliencyMask
{
    /// <summary><c>m = [s ≥ quantile(s, t)]</c> per image, the quantile interpolated linearly as <c>torch.quantile</c> does, in the map's own precision.</summary>
    /// <param name="pooled">B×rows×cols.</param>
    /// <param name="thresholds">t of every image, B, in [0, 1].</param>
    /// <returns>B×rows×cols of bool.</returns>
    public static Tensor Above(Tensor pooled, ReadOnlySpan<float> thresholds)
    {
        if (SpanBlend.Fits(pooled))
        {
            return Spans(pooled, thresholds);
        }

        using var scope = NewDisposeScope();
        var (count, cells) = (thresholds.Length, (int)(pooled.shape[1] * pooled.shape[2]));
        var (below, above, fraction) = (new long[count], new long[count], new float[count]);
        for (var b = 0; b < count; b++)
        {
            // rank = t·(n − 1); the quantile lies between the sorted values ⌊rank⌋ and ⌊rank⌋ + 1
            var rank = thresholds[b] * (cells - 1);
            (below[b], above[b], fraction[b]) = ((long)rank, Math.Min((long)rank + 1, cells - 1), rank - (long)rank);
        }

        var sorted = pooled.view(count, cells).sort(1).Values;
        var low = sorted.gather(1, tensor(below, [count, 1], device: pooled.device));
        var high = sorted.gather(1, tensor(above, [count, 1], device: pooled.device));
        var quantile = lerp(low, high, tensor(fraction, [count, 1], device: pooled.device).to(pooled.dtype));
        return pooled.ge(quantile.unsqueeze(2)).MoveToOuterDisposeScope();
    }

    /// <summary>The same by selection instead of sorting, image by image.</summary>
    private static Tensor Spans(Tensor pooled, ReadOnlySpan<float> thresholds)
    {
        var result = empty(pooled.shape, dtype: ScalarType.Bool);
        var source = SpanBlend.Floats(pooled);
        var target = MemoryMarshal.Cast<byte, bool>(result.bytes);
        var cells = source.Length / thresholds.Length;
        var scratch = new float[cells];
        for (var b = 0; b < thresholds.Length; b++)
        {
            var map = source.Slice(b * cells, cells);
            map.CopyTo(scratch);
            var quantile = Quantile(scratch, thresholds[b]);
            var mask = target.Slice(b * cells, cells);
            for (var i = 0; i < map.Length; i++)
            {
                mask[i] = map[i] >= quantile;
            }
        }

        GC.KeepAlive(pooled);
        return result;
    }

    /// <param name="values">Reordered.</param>
    private static float Quantile(Span<float> values, float threshold)
    {
        var rank = threshold * (values.Length - 1);
        var below = (int)rank;
        var fraction = rank - below;
        var low = OrderStatistic.Of(values, below);

        // What the selection left behind the rank is not smaller.
        var high = below + 1 < values.Length ? Min(values[(below + 1)..]) : low;

        // As torch's lerp.
        return fraction < 0.5f ? low + (fraction * (high - low)) : high - ((high - low) * (1 - fraction));
    }
}
