using MixPolicy.Mixup.Blending;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>Random grey images whose amplitudes fall with the frequency (Harris et al. 2020, equations 6 and 7).</summary>
internal static class LowFrequencyNoise
{
    /// <returns>Count images of H·W, row by row.</returns>
    public static float[] Draw(RandomStream stream, int count, int height, int width, double decay)
    {
        // A real image's spectrum is given by half of its columns.
        var columns = (width / 2) + 1;
        var amplitude = Amplitudes(height, width, columns, decay);
        var (real, imaginary) = (new float[count * amplitude.Length], new float[count * amplitude.Length]);
        for (var i = 0; i < real.Length; i++)
        {
            // A complex normal draw (Box and Muller 1958).
            var radius = amplitude[i % amplitude.Length] * Math.Sqrt(-2 * Math.Log(1 - stream.Uniform()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * stream.Uniform());
            (real[i], imaginary[i]) = ((float)(radius * cosine), (float)(radius * sine));
        }

        using var scope = NewDisposeScope();
        long[] shape = [count, height, columns];
        var spectrum = complex(tensor(real, shape), tensor(imaginary, shape));
        return SpanBlend.Values(fft.irfft2(spectrum, [height, width]));
    }

    /// <summary><c>max(|f|, 1/max(H, W))^−δ</c> with f in cycles a pixel.</summary>
    private static float[] Amplitudes(int height, int width, int columns, double decay)
    {
        var lowest = 1.0 / Math.Max(height, width);
        var amplitudes = new float[height * columns];
        for (var y = 0; y < height; y++)
        {
            var vertical = (double)Math.Min(y, height - y) / height;
            for (var x = 0; x < columns; x++)
            {
                var horizontal = (double)x / width;

                // Relative to the lowest frequency's, which changes no order of pixels and keeps large images' amplitudes within float32.
                amplitudes[(y * columns) + x] =
                    (float)Math.Pow(Math.Max(Math.Sqrt((vertical * vertical) + (horizontal * horizontal)), lowest) / lowest, -decay);
            }
        }

        return amplitudes;
    }
}
