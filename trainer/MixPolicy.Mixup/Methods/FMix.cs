using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// FMix (Harris et al. 2020, "FMix: Enhancing Mixed Sample Data Augmentation", section 4): a random grey image of low frequencies, of which the highest λ share of
/// pixels shows the own image and the rest the partner.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class FMix(FMixOptions? options = null) : IMixupMethod
{
    public FMixOptions Options { get; } = options ?? new();

    public string Name => "fmix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var noise = LowFrequencyNoise.Draw(stream, pairing.Lambdas.Length, batch.Height, batch.Width, Options.Decay);
        return Mix(batch, pairing, noise);
    });

    /// <param name="noise">One grey image a group, each H·W.</param>
    internal static MixedBatch Mix(MixupBatch batch, Pairing pairing, float[] noise)
    {
        var pixels = batch.Height * batch.Width;
        var masks = new float[pairing.Lambdas.Length][];
        var shares = new double[masks.Length];
        for (var group = 0; group < masks.Length; group++)
        {
            (masks[group], shares[group]) = Top(noise.AsSpan(group * pixels, pixels), pairing.Lambdas[group]);
        }

        var planes = pairing.PerImage(masks);
        var weight = WeightPlanes.Of(planes, batch.Height, batch.Width, batch.Images);
        return Mixing.Blended(batch, pairing.Partner, weight, pairing.PerImage(shares));
    }

    /// <summary>1 at the highest λ share of the values, to the nearest pixel, 0 elsewhere; and that share. Of equal values the first count.</summary>
    private static (float[] Mask, double Share) Top(ReadOnlySpan<float> values, double lambda)
    {
        var kept = (int)Math.Round(lambda * values.Length);
        var mask = new float[values.Length];
        if (kept == 0)
        {
            return (mask, 0);
        }

        var lowest = OrderStatistic.Of(values.ToArray(), values.Length - kept);
        var left = kept;
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = values[i] > lowest ? 1 : 0;
            left -= (int)mask[i];
        }

        for (var i = 0; left > 0; i++)
        {
            if (values[i] == lowest)
            {
                mask[i] = 1;
                left--;
            }
        }

        return (mask, (double)kept / values.Length);
    }
}
