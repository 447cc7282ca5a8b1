using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>
/// The blend of <see cref="Blend.Torch"/> for contiguous float32 images on the CPU, in one pass over memory: torch needs four, each with a temporary
/// tensor of the batch's size.
/// </summary>
internal static class SpanBlend
{
    /// <summary>Whether this way gives what torch would. Images that gradients flow through must go torch's way.</summary>
    public static bool Fits(Tensor images) =>
        images.device_type == TorchSharp.DeviceType.CPU && images.dtype == ScalarType.Float32 && images.is_contiguous() && !images.requires_grad;

    public static Tensor Images(Tensor images, Tensor partner, Tensor ownWeight)
    {
        var result = empty_like(images);
        var (count, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var (grids, rows, cols) = ((int)ownWeight.shape[0], (int)ownWeight.shape[1], (int)ownWeight.shape[2]);
        using var scope = NewDisposeScope();
        var weights = Floats(ownWeight.contiguous());
        var source = Floats(images);
        var target = Floats(result);
        var order = MemoryMarshal.Cast<byte, long>(partner.bytes);
        var (pixels, cells, length) = (height * width, rows * cols, source.Length / count);

        var rented = ArrayPool<float>.Shared.Rent(pixels);
        var plane = rented.AsSpan(0, pixels);
        for (var b = 0; b < count; b++)
        {
            var own = source.Slice(b * length, length);
            var other = source.Slice((int)order[b] * length, length);
            var mixed = target.Slice(b * length, length);
            var grid = weights.Slice(grids == 1 ? 0 : b * cells, cells);
            if (cells == 1)
            {
                ByScalar(own, other, grid[0], mixed);
                continue;
            }

            if (b == 0 || grids > 1)
            {
                Enlarge(grid, rows, cols, plane, width);
            }

            for (var at = 0; at < length; at += pixels)
            {
                ByPlane(own.Slice(at, pixels), other.Slice(at, pixels), plane, mixed.Slice(at, pixels));
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        GC.KeepAlive(images);
        GC.KeepAlive(partner);
        return result;
    }

    /// <summary>The memory of a contiguous float32 tensor on the CPU; the tensor must outlive it.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>A copy of the values of a float32 tensor on the CPU.</summary>
    public static float[] Values(Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return Floats(contiguous).ToArray();
    }

    /// <summary>The nearest-neighbour enlargement of <see cref="CellGrid"/>.</summary>
    private static void Enlarge(ReadOnlySpan<float> grid, int rows, int cols, Span<float> plane, int width)
    {
        var height = plane.Length / width;
        var previous = -1;
        for (var y = 0; y < height; y++)
        {
            var row = (int)((long)y * rows / height);
            var line = plane.Slice(y * width, width);
            if (row == previous)
            {
                plane.Slice((y - 1) * width, width).CopyTo(line);
                continue;
            }

            previous = row;
            for (var (x, col) = (0, 0); col < cols; col++)
            {
                // The first pixel x' with ⌊x'·cols/width⌋ > col.
                var end = (int)((((long)(col + 1) * width) + cols - 1) / cols);
                line[x..end].Fill(grid[(row * cols) + col]);
                x = end;
            }
        }
    }

    private static void ByScalar(ReadOnlySpan<float> own, ReadOnlySpan<float> other, float weight, Span<float> mixed)
    {
        var rest = 1 - weight;
        var (w, r) = (new Vector<float>(weight), new Vector<float>(rest));
        var i = 0;
        for (; i <= mixed.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            ((w * new Vector<float>(own[i..])) + (r * new Vector<float>(other[i..]))).CopyTo(mixed[i..]);
        }

        for (; i < mixed.Length; i++)
        {
            mixed[i] = (weight * own[i]) + (rest * other[i]);
        }
    }

    private static void ByPlane(ReadOnlySpan<float> own, ReadOnlySpan<float> other, ReadOnlySpan<float> weight, Span<float> mixed)
    {
        var i = 0;
        for (; i <= mixed.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var w = new Vector<float>(weight[i..]);
            ((w * new Vector<float>(own[i..])) + ((Vector<float>.One - w) * new Vector<float>(other[i..]))).CopyTo(mixed[i..]);
        }

        for (; i < mixed.Length; i++)
        {
            mixed[i] = (weight[i] * own[i]) + ((1 - weight[i]) * other[i]);
        }
    }
}
