using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>R-Mix and its ablations (Luu et al. 2022, "Expeditious Saliency-guided Mix-up through Random Gradient Thresholding").</summary>
internal sealed class RMix(string name, RMixRule rule) : IMixupMethod
{
    public string Name => name;

    public bool UsesLambda => rule is not (RMixRule.CutTopPaste or RMixRule.CutTopLeastPaste);

    public bool UsesThreshold => true;

    public bool NeedsSaliency => true;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var lambda = parameters.Lambda.Draw(stream);
        var partner = stream.Partners(batch);
        return Mix(batch, partner, Mask(batch, parameters, stream), lambda, rule);
    });

    /// <param name="partner">π, B of int64.</param>
    /// <param name="mask">The salient cells, B×rows×cols of bool.</param>
    /// <param name="lambda">λ in [0, 1].</param>
    public static MixedBatch Mix(MixupBatch batch, Tensor partner, Tensor mask, double lambda, RMixRule rule)
    {
        using var scope = NewDisposeScope();
        var partnerMask = mask.index_select(0, partner);
        var weight = OwnWeight(mask, partnerMask, lambda, rule);
        var labelled = rule == RMixRule.ChooseLeastAsPublished ? OwnWeight(mask, partnerMask, lambda, RMixRule.ChooseTop) : weight;
        var share = CellGrid.ImageMean(labelled, batch.Height, batch.Width);
        return new(
            Blend.Images(batch.Images, partner, weight).MoveToOuterDisposeScope(), Blend.Labels(batch.Labels, partner, share).MoveToOuterDisposeScope())
        {
            Partner = partner,
            Lambda = lambda,
            Mask = mask,
            PartnerMask = partnerMask.MoveToOuterDisposeScope(),
            CellWeight = weight.MoveToOuterDisposeScope(),
        };
    }

    private static Tensor OwnWeight(Tensor own, Tensor partner, double lambda, RMixRule rule)
    {
        var equal = own.eq(partner);
        return rule switch
        {
            // m = m': λ; m = 1, m' = 0: 1; m = 0, m' = 1: 0
            RMixRule.ChooseTop => own.to(float32).masked_fill_(equal, lambda),
            RMixRule.ChooseLeast or RMixRule.ChooseLeastAsPublished => partner.to(float32).masked_fill_(equal, lambda),
            RMixRule.CutTopPaste => own.to(float32),
            _ => equal.to(float32),
        };
    }

    private static Tensor Mask(MixupBatch batch, MixParameters parameters, RandomStream stream)
    {
        var sizes = parameters.PatchSizes ?? DefaultPatchSizes(batch);
        var size = sizes[stream.Below(sizes.Count)];
        var thresholds = new float[batch.Size];
        for (var b = 0; b < thresholds.Length; b++)
        {
            thresholds[b] = parameters.Threshold.Draw(stream);
        }

        using var pooled = Saliency.Pool(batch.Saliency!, Math.Max(1, batch.Height / size), Math.Max(1, batch.Width / size));
        return SaliencyMask.Above(pooled, thresholds);
    }

    private static int[] DefaultPatchSizes(MixupBatch batch)
    {
        var side = Math.Min(batch.Height, batch.Width);
        return [Math.Max(1, side / 4), Math.Max(1, side / 2)];
    }
}
