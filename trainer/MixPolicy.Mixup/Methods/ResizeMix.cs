using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// ResizeMix (Qin et al. 2020, "ResizeMix: Mixing Data with Preserved Object Information and True Labels", section 3.2): the whole partner, made smaller by τ = √(1 − λ),
/// covers a box of the image at a random place. Labels are mixed by the area the box leaves.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class ResizeMix(ResizeMixOptions? options = null) : IMixupMethod
{
    public ResizeMixOptions Options { get; } = options is null || options.Smallest <= options.Largest
        ? options ?? new()
        : throw new ArgumentException($"Largest is {options.Largest}; allowed: from Smallest, {options.Smallest}, to 1", nameof(options));

    public string Name => "resizemix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    /// <summary>τ ~ U(0.1, 0.8); on CIFAR every second batch is mixed.</summary>
    public MixParameters Published => new() { Lambda = LambdaDraw.Side(Options.Smallest, Options.Largest), Probability = 0.5 };

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var boxes = Array.ConvertAll(pairing.Lambdas, lambda =>
        {
            var side = Math.Sqrt(1 - lambda);
            var (height, width) = ((int)(batch.Height * side), (int)(batch.Width * side));
            var (top, left) = (stream.Below(batch.Height - height + 1), stream.Below(batch.Width - width + 1));
            return new CutBox(top, top + height, left, left + width);
        });
        return Mix(batch, pairing.Partner, pairing.PerImage(boxes), parameters.CorrectLambda ? null : pairing.PerImage(pairing.Lambdas));
    });

    /// <param name="partner">π, B of int64.</param>
    /// <param name="boxes">One for all, or one an image.</param>
    /// <param name="shares">Own image's share of the label, where it is not to follow the area: as many as boxes.</param>
    internal static MixedBatch Mix(MixupBatch batch, Tensor partner, CutBox[] boxes, double[]? shares)
    {
        var images = ResizedPaste.Images(batch.Images, partner, boxes);
        var weight = BoxWeight.Of(boxes, batch.Height, batch.Width, batch.Images);
        return Mixing.Labelled(batch, images, partner, weight, shares ?? Array.ConvertAll(boxes, box => box.Lambda(batch.Height, batch.Width)));
    }
}
