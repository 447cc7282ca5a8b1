using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>R-Mix and its ablations (Luu et al. 2022, "Expeditious Saliency-guided Mix-up through Random Gradient Thresholding").</summary>
internal sealed class RMix(string name, RMixRule rule) : IThresholdMethod
{
    public string Name => name;

    public bool UsesLambda => rule is not (RMixRule.CutTopPaste or RMixRule.CutTopLeastPaste);

    public bool UsesThreshold => true;

    public bool NeedsSaliency => true;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) =>
        Mixing.Run(this, batch, parameters, generator, stream => MixDrawn(batch, ThresholdDraws.Next(stream, batch.Size, batch.Height, batch.Width, parameters)));

    public MixedBatch Mix(MixupBatch batch, ThresholdDraws draws)
    {
        batch.Check(needsSaliency: true);
        draws.Check(batch.Size);
        return MixDrawn(batch, draws);
    }

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

    private MixedBatch MixDrawn(MixupBatch batch, ThresholdDraws draws)
    {
        using var pooled = Saliency.Pool(batch.Saliency!, Math.Max(1, batch.Height / draws.PatchSize), Math.Max(1, batch.Width / draws.PatchSize));
        return Mix(batch, tensor(draws.Partners, device: batch.Images.device), SaliencyMask.Above(pooled, draws.Percentiles), draws.Lambda, rule);
    }
}
