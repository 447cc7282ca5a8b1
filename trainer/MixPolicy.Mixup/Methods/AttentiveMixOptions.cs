namespace MixPolicy.Mixup.Methods;

/// <summary>How much AttentiveMix pastes; the default is the published one (Walawalkar et al. 2020, section 3).</summary>
public sealed record AttentiveMixOptions
{
    /// <summary>Share of the cells that is pasted, in [0, 1], to the nearest cell and at least one. Default 6 of 49, the paper's top 6 of a 7×7 grid.</summary>
    public double TopShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopShare), value, "TopShare must be in [0, 1]");
    }
    = 6.0 / 49;
}
