using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>Input mixup (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization"): λ blends every image with its partner.</summary>
internal sealed class InputMixup : IMixupMethod
{
    public string Name => "input-mixup";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        return Mix(batch, pairing.Partner, pairing.PerImage(pairing.Lambdas));
    });

    /// <summary><c>λx + (1 − λ)x[π]</c>, the same for labels.</summary>
    /// <param name="partner">π, B of int64.</param>
    /// <param name="lambdas">λ in [0, 1]: one for all, or one an image.</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, params double[] lambdas)
    {
        var weight = tensor(Array.ConvertAll(lambdas, l => (float)l), [lambdas.Length, 1, 1], device: batch.Images.device);
        return Mixing.Blended(batch, partner, weight, lambdas);
    }
}
