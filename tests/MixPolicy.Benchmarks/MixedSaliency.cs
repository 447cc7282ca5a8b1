using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Benchmarks;

/// <summary>The two kinds of saliency that the published implementations were timed on (tests/golden/README.md, last section): 100 maps of 32×32.</summary>
internal static class MixedSaliency
{
    private const int Count = 100;
    private const int Side = 32;

    /// <summary>Two Gaussian bumps an image, times Gamma(1, 1) noise a pixel, plus 1e-3.</summary>
    public static Tensor Smooth(RandomStream stream) => Maps(() =>
    {
        var bumps = new[] { Bump(stream), Bump(stream) };
        return (y, x) => (bumps.Sum(b => b(y, x)) * stream.Gamma(1)) + 1e-3;
    });

    /// <summary>Gamma(0.8, 1) a pixel.</summary>
    public static Tensor Noise(RandomStream stream) => Maps(() => (_, _) => stream.Gamma(1.8) * Math.Pow(1 - stream.Uniform(), 1 / 0.8));

    private static Func<int, int, double> Bump(RandomStream stream)
    {
        var (y0, x0, spread) = (stream.Uniform(0, Side), stream.Uniform(0, Side), stream.Uniform(0.1, 0.3) * Side);
        return (y, x) => Math.Exp(-(((y - y0) * (y - y0)) + ((x - x0) * (x - x0))) / (2 * spread * spread));
    }

    private static Tensor Maps(Func<Func<int, int, double>> image)
    {
        var values = new float[Count * Side * Side];
        for (var b = 0; b < Count; b++)
        {
            var value = image();
            for (var at = 0; at < Side * Side; at++)
            {
                values[(b * Side * Side) + at] = (float)value(at / Side, at % Side);
            }
        }

        return tensor(values, [Count, Side, Side]);
    }
}
