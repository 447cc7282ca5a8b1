using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// SaliencyMix (Uddin et al. 2021, "SaliencyMix: A Saliency Guided Data Augmentation Strategy for Better Regularization", section 3.2): CutMix whose box lies around
/// the most salient pixel of the image it is cut from. Here every pair has its own box, and the saliency is that of the network's gradient.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class SaliencyMix(SaliencyMixOptions? options = null) : IMixupMethod
{
    public SaliencyMixOptions Options { get; } = options ?? new();

    public string Name => "saliencymix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => true;

    /// <summary>On CIFAR every second batch is mixed.</summary>
    public MixParameters Published { get; } = new() { Probability = 0.5 };

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var peaks = Peaks(batch, stream);
        var (boxes, shares) = (new CutBox[batch.Size], new double[batch.Size]);
        for (var group = 0; group < pairing.Groups.Length; group++)
        {
            foreach (var image in pairing.Groups[group])
            {
                var (y, x) = peaks[pairing.Order[image]];
                shares[image] = pairing.Lambdas[group];
                boxes[image] = CutBox.Around(batch.Height, batch.Width, shares[image], y, x);
            }
        }

        return CutMix.Mix(batch, pairing.Partner, boxes, parameters.CorrectLambda ? null : shares);
    });

    /// <summary>The first most salient pixel of every image; a random one where the map is flat or not finite.</summary>
    private (int Y, int X)[] Peaks(MixupBatch batch, RandomStream stream)
    {
        using var scope = NewDisposeScope();
        var saliency = batch.Saliency!.detach().cpu().to(float32);
        var map = (Options.BlurSigma > 0 ? GaussianBlur.Of(saliency, Options.BlurSigma) : saliency).contiguous();
        var values = SpanBlend.Floats(map);
        var pixels = batch.Height * batch.Width;
        var peaks = new (int, int)[batch.Size];
        for (var b = 0; b < peaks.Length; b++)
        {
            var at = Peak(values.Slice(b * pixels, pixels));
            at = at < 0 ? stream.Below(pixels) : at;
            peaks[b] = (at / batch.Width, at % batch.Width);
        }

        GC.KeepAlive(map);
        return peaks;
    }

    private static int Peak(ReadOnlySpan<float> values)
    {
        var (best, lowest) = (0, values[0]);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return -1;
            }

            best = values[i] > values[best] ? i : best;
            lowest = Math.Min(lowest, values[i]);
        }

        return values[best] > lowest ? best : -1;
    }
}
