using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>CutMix (Yun et al. 2019): a box of every image is replaced by the same box of its partner.</summary>
internal sealed class CutMix : IMixupMethod
{
    public string Name => "cutmix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    /// <summary>On CIFAR every second batch is mixed.</summary>
    public MixParameters Published { get; } = new() { Probability = 0.5 };

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var boxes = Array.ConvertAll(pairing.Lambdas, lambda => CutBox.Around(batch.Height, batch.Width, lambda, stream.Below(batch.Height), stream.Below(batch.Width)));
        return Mix(batch, pairing.Partner, pairing.PerImage(boxes), parameters.CorrectLambda ? null : pairing.PerImage(pairing.Lambdas));
    });

    /// <summary>Pastes the box of x[π] into x; labels are mixed by the area the box leaves.</summary>
    /// <param name="partner">π, B of int64.</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, CutBox box) => Mix(batch, partner, [box], null);

    /// <param name="boxes">One for all, or one an image.</param>
    /// <param name="shares">Own image's share of the label, where it is not to follow the area: as many as boxes.</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, CutBox[] boxes, double[]? shares)
    {
        var weight = BoxWeight.Of(boxes, batch.Height, batch.Width, batch.Images);
        return Mixing.Blended(batch, partner, weight, shares ?? Array.ConvertAll(boxes, box => box.Lambda(batch.Height, batch.Width)));
    }
}
