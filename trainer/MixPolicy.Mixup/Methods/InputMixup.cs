using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>Input mixup (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization"): one λ blends every image with its partner.</summary>
internal sealed class InputMixup : IMixupMethod
{
    public string Name => "input-mixup";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator)
    {
        batch.Check(NeedsSaliency);
        var stream = RandomStream.From(generator);
        if (!stream.Happens(parameters.Probability))
        {
            return MixedBatch.Unmixed(batch);
        }

        var lambda = parameters.Lambda.Draw(stream);
        return Mix(batch, stream.Partners(batch), lambda);
    }

    /// <summary><c>λx + (1 − λ)x[π]</c>, the same for labels.</summary>
    /// <param name="partner">π, B of int64.</param>
    /// <param name="lambda">λ in [0, 1].</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, double lambda)
    {
        var weight = full([1, 1, 1], lambda, dtype: float32, device: batch.Images.device);
        return new(Blend.Images(batch.Images, partner, weight), Blend.Labels(batch.Labels, partner, weight))
        {
            Partner = partner,
            Lambda = lambda,
            CellWeight = weight,
        };
    }
}
