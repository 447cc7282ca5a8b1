using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// SmoothMix (Lee et al. 2020, "SmoothMix: a Simple Yet Effective Data Augmentation to Train Robust Classifiers", section 3): the partner shows through a Gaussian blob
/// around a random pixel, <c>1 − w = exp(−(y − cy)²/2σ_y² − (x − cx)²/2σ_x²)</c>. Labels are mixed by the mean of w.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class SmoothMix(SmoothMixOptions? options = null) : IMixupMethod
{
    public SmoothMixOptions Options { get; } = options ?? new();

    public string Name => "smoothmix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    /// <summary>σ uniform from half the largest to the largest, a quarter to a half of the side; on CIFAR every second batch is mixed.</summary>
    public MixParameters Published { get; } = new() { Lambda = LambdaDraw.Side(0.5, 1), Probability = 0.5 };

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var (height, width) = (batch.Height, batch.Width);
        var planes = Array.ConvertAll(pairing.Lambdas, lambda =>
        {
            // λ = 1 is no blob, λ = 0 the largest: σ = σ_max·√(1 − λ)
            var spread = Options.LargestSpread * Math.Sqrt(1 - lambda);
            return OwnShare(height, width, spread, stream.Below(height), stream.Below(width));
        });
        var shares = pairing.PerImage(Array.ConvertAll(planes, plane => plane.Sum(w => (double)w) / plane.Length));
        var weights = pairing.PerImage(planes);
        var weight = tensor(weights.SelectMany(plane => plane).ToArray(), [weights.Length, height, width], device: batch.Images.device);
        return Mixing.Blended(batch, pairing.Partner, weight, shares);
    });

    /// <summary>w of every pixel, row by row.</summary>
    /// <param name="spread">σ as a share of the image's side.</param>
    internal static float[] OwnShare(int height, int width, double spread, int centreY, int centreX)
    {
        var (vertical, horizontal) = (Bell(height, spread, centreY), Bell(width, spread, centreX));
        var share = new float[height * width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                share[(y * width) + x] = (float)(1 - (vertical[y] * horizontal[x]));
            }
        }

        return share;
    }

    private static double[] Bell(int size, double spread, int centre)
    {
        var bell = new double[size];
        for (var i = 0; i < size && spread > 0; i++)
        {
            var distance = (i - centre) / (spread * size);
            bell[i] = Math.Exp(-distance * distance / 2);
        }

        return bell;
    }
}
