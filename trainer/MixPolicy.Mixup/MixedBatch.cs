using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>
/// What a method made of a batch. The tensors belong to the dispose scope the method was called in (or to the caller, without one). Where
/// nothing was mixed, images and labels are new handles on the clean batch's own memory.
/// </summary>
/// <param name="Images">B×C×H×W.</param>
/// <param name="Labels">B×K; every row sums to 1 where those of the clean batch do.</param>
public sealed record MixedBatch(Tensor Images, Tensor Labels)
{
    /// <summary>The image each image was mixed with: B of int64; null where nothing was mixed, and for Co-Mixup, whose <see cref="Labelling"/> tells.</summary>
    public Tensor? Partner { get; init; }

    /// <summary>
    /// Share of the own image in the mix, in [0, 1]: of every pixel for input mixup, of the area that the clipped box leaves for CutMix, of the pixels
    /// that R-Mix blends. The cut-top variants do not use it: their share is that of the mask, and so is PuzzleMix's, whose mask only tends
    /// to this λ. 1 where nothing was mixed, and for Co-Mixup.
    /// </summary>
    public double Lambda { get; init; } = 1;

    /// <summary>
    /// Share of each own image in its label, B of float32, where images differ in it; <see cref="Lambda"/> is then their mean. Null where <see cref="Lambda"/> is
    /// every image's, and for methods whose share is that of a mask.
    /// </summary>
    public Tensor? ImageLambda { get; init; }

    /// <summary>R-Mix: the salient cells of each image, B×rows×cols of bool; null for methods without masks.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>R-Mix: the salient cells of each image's partner, B×rows×cols of bool; null for methods without masks.</summary>
    public Tensor? PartnerMask { get; init; }

    /// <summary>
    /// Manifold mixup: where in an <see cref="IStagedNetwork"/> the representations are to be mixed with their partners', as
    /// <see cref="Methods.ManifoldMixup.MixHidden"/> does; the images are the clean ones. Null for methods that mix images.
    /// </summary>
    public int? Place { get; init; }

    /// <summary>Co-Mixup: which inputs fill each cell of each output; null for methods that mix two images.</summary>
    public BatchLabelling? Labelling { get; init; }

    /// <summary>Own image's share for each cell of a regular grid: (B or 1)×rows×cols; null where nothing was mixed.</summary>
    internal Tensor? CellWeight { get; init; }

    /// <summary>
    /// The own image's share of every pixel, in [0, 1], as (B or 1)×1×H×W; null where nothing was mixed. For pictures: computed when asked for,
    /// and the caller's to dispose of, or its scope's.
    /// </summary>
    public Tensor? OwnWeight() => CellWeight is null ? null : CellGrid.Enlarge(CellWeight, (int)Images.shape[2], (int)Images.shape[3]).unsqueeze(1);

    internal static MixedBatch Unmixed(MixupBatch batch) => new(batch.Images.alias(), batch.Labels.alias());

    /// <summary>Leaves the current dispose scope with all its tensors.</summary>
    internal MixedBatch MoveToOuterDisposeScope()
    {
        foreach (var tensor in new[] { Images, Labels, Partner, ImageLambda, Mask, PartnerMask, CellWeight })
        {
            tensor?.MoveToOuterDisposeScope();
        }

        return this;
    }

    /// <summary>ỹ becomes (1 − s)·ỹ + s/K.</summary>
    internal MixedBatch WithSmoothLabels(MixParameters parameters)
    {
        var smoothing = parameters.LabelSmoothing;
        if (smoothing == 0)
        {
            return this;
        }

        using var sharp = Labels;
        using var scaled = sharp * (1 - smoothing);
        return this with { Labels = scaled + (smoothing / sharp.shape[1]) };
    }
}
