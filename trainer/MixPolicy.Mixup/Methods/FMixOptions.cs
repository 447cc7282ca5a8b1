namespace MixPolicy.Mixup.Methods;

/// <summary>How FMix draws its mask; the default is the published one (Harris et al. 2020, section 5).</summary>
public sealed record FMixOptions
{
    /// <summary>δ, the power of the frequency by which amplitudes decay, in [0, 20]: 0 is white noise, a large one gives few large shapes. Default 3.</summary>
    public double Decay
    {
        get;
        init => field = value is >= 0 and <= 20 ? value : throw new ArgumentOutOfRangeException(nameof(Decay), value, "Decay must be in [0, 20]");
    }
    = 3;
}
