namespace MixPolicy.Mixup;

/// <summary>What a batch is mixed by. A method reads only what <see cref="IMixupMethod.UsesLambda"/> and <see cref="IMixupMethod.UsesThreshold"/> say.</summary>
public sealed record MixParameters
{
    /// <summary>How λ is drawn; Beta(1, 1), that is uniform, by default.</summary>
    public LambdaDraw Lambda { get; init; } = LambdaDraw.Beta(1);

    /// <summary>
    /// What one λ is for: by default the whole batch. Read by input mixup, manifold mixup, CutMix, SaliencyMix, ResizeMix, FMix, GridMix and SmoothMix.
    /// </summary>
    public LambdaScope Scope
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Scope), value, "a scope must be Batch, Pair or Element");
    }
    = LambdaScope.Batch;

    /// <summary>
    /// Label smoothing s in [0, 1): mixed labels become <c>(1 − s)·ỹ + s/K</c> (Szegedy et al. 2016, section 7), those of unmixed batches too. Default 0.
    /// </summary>
    public double LabelSmoothing
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, "label smoothing must be in [0, 1)");
    }

    /// <summary>
    /// Whether the labels follow the area that was really pasted, as published; where false they follow the drawn λ. Read by CutMix, SaliencyMix, ResizeMix
    /// and GridMix, whose boxes are clipped or rounded.
    /// </summary>
    public bool CorrectLambda { get; init; } = true;

    /// <summary>How every image's saliency percentile is drawn; the paper's grid by default.</summary>
    public ThresholdDraw Threshold { get; init; } = ThresholdDraw.Grid;

    /// <summary>Probability in [0, 1] that a batch is mixed at all.</summary>
    public double Probability
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Probability), value, "a probability must be in [0, 1]");
    }
    = 1;

    /// <summary>
    /// R-Mix's cell sides in pixels, one drawn a batch. Null, the default, means a quarter and a half of the image's shorter side, which is the paper's
    /// 8 and 16 on 32×32. A size above the image's side makes one cell of that side.
    /// </summary>
    public IReadOnlyList<int>? PatchSizes
    {
        get;
        init => field = value is null || (value.Count > 0 && value.All(s => s >= 1))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PatchSizes), $"[{string.Join(", ", value)}]", "patch sizes must be one or more whole numbers of pixels, each at least 1");
    }
}
