namespace MixPolicy.Mixup.Methods;

/// <summary>SmoothMix's blob; the default is the published one (Lee et al. 2020, section 4).</summary>
public sealed record SmoothMixOptions
{
    /// <summary>The largest σ as a share of the image's side, in (0, 10]; λ = 0 gives it. Default ½.</summary>
    public double LargestSpread
    {
        get;
        init => field = value is > 0 and <= 10 ? value : throw new ArgumentOutOfRangeException(nameof(LargestSpread), value, "LargestSpread must be in (0, 10]");
    }
    = 0.5;
}
