using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>What every method does around its own part, and how most end.</summary>
internal static class Mixing
{
    /// <summary>Checks the batch, takes the one draw from the generator, decides whether the batch is mixed at all, and smooths the labels.</summary>
    public static MixedBatch Run(IMixupMethod method, MixupBatch batch, MixParameters parameters, Generator generator, Func<RandomStream, MixedBatch> mix)
    {
        batch.Check(method.NeedsSaliency, method.NeedsGradient, method.NeedsFeatures);
        var stream = RandomStream.From(generator);
        var mixed = stream.Happens(parameters.Probability) ? mix(stream) : MixedBatch.Unmixed(batch);
        return mixed.WithSmoothLabels(parameters);
    }

    /// <summary>Blends images by a weight a cell and labels by a share an image.</summary>
    /// <param name="partner">π, B of int64; becomes the result's.</param>
    /// <param name="weight">Own image's share, (B or 1)×rows×cols of float32; becomes the result's.</param>
    /// <param name="shares">Own image's share of the label: one for all, or one an image.</param>
    public static MixedBatch Blended(MixupBatch batch, Tensor partner, Tensor weight, double[] shares)
    {
        var images = Blend.Images(batch.Images, partner, weight);
        return Labelled(batch, images, partner, weight, shares);
    }

    /// <summary>The same, with the images already mixed.</summary>
    public static MixedBatch Labelled(MixupBatch batch, Tensor images, Tensor partner, Tensor? weight, double[] shares)
    {
        var share = tensor(Array.ConvertAll(shares, s => (float)s), device: batch.Images.device);
        var labels = Blend.Labels(batch.Labels, partner, share);
        if (shares.Length == 1)
        {
            share.Dispose();
        }

        return new(images, labels)
        {
            Partner = partner,
            Lambda = shares.Average(),
            ImageLambda = shares.Length == 1 ? null : share,
            CellWeight = weight,
        };
    }
}
