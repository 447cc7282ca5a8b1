using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
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

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator)
    {
        batch.Check(NeedsSaliency);
        var stream = RandomStream.From(generator);
        if (!stream.Happens(parameters.Probability))
        {
            return MixedBatch.Unmixed(batch);
        }

        var lambda = parameters.Lambda.Draw(stream);
        var partner = stream.Partners(batch);
        return Mix(batch, partner, CutBox.Around(batch.Height, batch.Width, lambda, stream.Below(batch.Height), stream.Below(batch.Width)));
    }

    /// <summary>Pastes the box of x[π] into x; labels are mixed by the area the box leaves.</summary>
    /// <param name="partner">π, B of int64.</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, CutBox box)
    {
        var lambda = box.Lambda(batch.Height, batch.Width);
        using var scope = NewDisposeScope();
        var weight = ones([1, batch.Height, batch.Width], dtype: float32, device: batch.Images.device);
        weight.narrow(1, box.Top, box.Height).narrow(2, box.Left, box.Width).zero_();
        var share = full([1], lambda, dtype: float32, device: batch.Images.device);
        return new(
            Blend.Images(batch.Images, partner, weight).MoveToOuterDisposeScope(), Blend.Labels(batch.Labels, partner, share).MoveToOuterDisposeScope())
        {
            Partner = partner,
            Lambda = lambda,
            CellWeight = weight.MoveToOuterDisposeScope(),
        };
    }
}
