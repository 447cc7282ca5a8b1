namespace MixPolicy.Mixup;

/// <summary>What a batch is mixed by. A method reads only what <see cref="IMixupMethod.UsesLambda"/> and <see cref="IMixupMethod.UsesThreshold"/> say.</summary>
public sealed record MixParameters
{
    /// <summary>How λ is drawn; Beta(1, 1), that is uniform, by default.</summary>
    public LambdaDraw Lambda { get; init; } = LambdaDraw.Beta(1);

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
