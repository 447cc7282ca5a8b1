using MixPolicy.Mixup.Draws;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// Manifold mixup (Verma et al. 2019, "Manifold Mixup: Better Representations by Interpolating Hidden States", section 2): input mixup at a random place of the
/// network. The result says where; the network mixes there by <see cref="MixHidden"/>.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class ManifoldMixup(ManifoldMixupOptions? options = null) : IMixupMethod
{
    public ManifoldMixupOptions Options { get; } = options ?? new();

    public string Name => "manifold-mixup";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new() { Lambda = LambdaDraw.Beta(2) };

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        return Mix(batch, pairing.Partner, Options.Places[stream.Below(Options.Places.Count)], pairing.PerImage(pairing.Lambdas));
    });

    /// <summary><c>λh + (1 − λ)h[π]</c>. Gradients flow through it.</summary>
    /// <param name="hidden">h, B×…, on the device of the mixed batch.</param>
    /// <param name="mixed">What this method gave for the batch; one that is not to be mixed at a place gives <paramref name="hidden"/> back.</param>
    /// <returns>The shape and type of <paramref name="hidden"/>.</returns>
    /// <exception cref="ArgumentException">The representation is not one of that batch.</exception>
    public static Tensor MixHidden(Tensor hidden, MixedBatch mixed)
    {
        if (mixed.Place is null || mixed.Partner is not { } partner)
        {
            return hidden.alias();
        }

        if (hidden.ndim < 1 || hidden.shape[0] != partner.shape[0])
        {
            throw new ArgumentException(
                $"{nameof(hidden)} is [{string.Join(", ", hidden.shape)}]; allowed: a first dimension of {partner.shape[0]}, the batch's", nameof(hidden));
        }

        using var scope = NewDisposeScope();
        var other = hidden.index_select(0, partner);
        if (mixed.ImageLambda is not { } lambdas)
        {
            return ((hidden * mixed.Lambda) + (other * (1 - mixed.Lambda))).MoveToOuterDisposeScope();
        }

        var weight = lambdas.to(hidden.dtype).view([-1, .. Enumerable.Repeat(1L, (int)hidden.ndim - 1)]);
        return ((hidden * weight) + (other * (1 - weight))).MoveToOuterDisposeScope();
    }

    /// <param name="partner">π, B of int64.</param>
    /// <param name="place">At 0 the images are mixed, and the result has no place.</param>
    internal static MixedBatch Mix(MixupBatch batch, Tensor partner, int place, double[] lambdas) => place == 0
        ? InputMixup.Mix(batch, partner, lambdas)
        : Mixing.Labelled(batch, batch.Images.alias(), partner, null, lambdas) with { Place = place };
}
