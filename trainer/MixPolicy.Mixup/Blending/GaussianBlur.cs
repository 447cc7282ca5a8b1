using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>Gaussian blur of maps, with the borders mirrored (the border pixel is not repeated).</summary>
internal static class GaussianBlur
{
    /// <param name="maps">B×H×W.</param>
    /// <param name="sigma">Positive, in pixels.</param>
    /// <param name="radius">Pixels on either side of the kernel's centre; ⌈2σ⌉ where null.</param>
    public static Tensor Of(Tensor maps, double sigma, int? radius = null)
    {
        using var scope = NewDisposeScope();
        var reach = radius ?? (int)Math.Ceiling(2 * sigma);

        // As two products with band matrices, G_H · s · G_Wᵀ: mirrored borders are then no special case, however small the image.
        var rows = Band((int)maps.shape[1], sigma, reach).to(maps.dtype).to(maps.device);
        var cols = Band((int)maps.shape[2], sigma, reach).to(maps.dtype).to(maps.device);
        return rows.matmul(maps.matmul(cols.t())).MoveToOuterDisposeScope();
    }

    private static Tensor Band(int size, double sigma, int reach)
    {
        var kernel = Enumerable.Range(-reach, (2 * reach) + 1).Select(d => Math.Exp(-d * d / (2 * sigma * sigma))).ToArray();
        var total = kernel.Sum();
        var band = new float[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < kernel.Length; k++)
            {
                band[(i * size) + Mirror(i + k - reach, size)] += (float)(kernel[k] / total);
            }
        }

        return tensor(band, [size, size]);
    }

    private static int Mirror(int at, int size)
    {
        if (size == 1)
        {
            return 0;
        }

        var period = 2 * (size - 1);
        var folded = ((at % period) + period) % period;
        return folded < size ? folded : period - folded;
    }
}
