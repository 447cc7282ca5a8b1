using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Mixup.Losses;
using MixPolicy.Mixup.PuzzleSolving;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// PuzzleMix (Kim, Choo, Song 2020, "Puzzle Mix: Exploiting Saliency and Local Statistics for Optimal Mixup"): for every pair a mask over blocks that shows what is
/// salient of both and borders where colours agree, found by graph cut; then each image's blocks move so that the salient ones are where the mask shows them.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class PuzzleMix(PuzzleMixOptions? options = null) : IMixupMethod
{
    public PuzzleMixOptions Options { get; } = options ?? new();

    public string Name => "puzzlemix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => true;

    public bool NeedsGradient => Options.NoiseProbability > 0;

    public double CleanLossWeight => Options.CleanLossWeight;

    public MixupLoss Loss => MixupLoss.BinaryCrossEntropy;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        using var scope = NewDisposeScope();
        var lambda = parameters.Lambda.Draw(stream);
        var order = stream.Permutation(batch.Size);
        var blocks = BlockCount.Draw(stream, Options.Blocks, batch);
        var partner = tensor(order, device: batch.Images.device);
        var plan = PuzzleSolver.Solve(batch, order, lambda, blocks, Options);
        return (Mix(batch, partner, plan, AdversarialNoise.Draw(batch, Options, stream)) with { Lambda = lambda }).MoveToOuterDisposeScope();
    });

    /// <summary>Moves the blocks and mixes by the mask; labels by its mean.</summary>
    /// <param name="partner">π, B of int64.</param>
    /// <param name="noise">Added to the own images and to the partners, or null.</param>
    internal static MixedBatch Mix(MixupBatch batch, Tensor partner, PuzzlePlan plan, AdversarialNoise? noise = null)
    {
        using var scope = NewDisposeScope();
        var mask = tensor(plan.Mask, [batch.Size, plan.Blocks, plan.Blocks], device: batch.Images.device);
        var (own, other) = noise?.AddTo(batch) ?? (batch.Images, batch.Images);
        var images = PuzzleBlend.Images(own, other, partner, plan, mask);
        var share = CellGrid.ImageMean(mask, batch.Height, batch.Width);
        return new(images.MoveToOuterDisposeScope(), Blend.Labels(batch.Labels, partner, share).MoveToOuterDisposeScope())
        {
            Partner = partner,
            CellWeight = mask.MoveToOuterDisposeScope(),
        };
    }
}
