namespace MixPolicy.Mixup.Methods;

/// <summary>The sides ResizeMix draws from with <see cref="ResizeMix.Published"/>; the defaults are the published ones (Qin et al. 2020, section 4.1).</summary>
public sealed record ResizeMixOptions
{
    /// <summary>Smallest τ, the pasted image's side as a share of its full side, in [0, 1]. Default 0.1.</summary>
    public double Smallest { get; init => field = Allowed(value, nameof(Smallest)); } = 0.1;

    /// <summary>Largest τ, in [0, 1] and not below <see cref="Smallest"/>. Default 0.8.</summary>
    public double Largest { get; init => field = Allowed(value, nameof(Largest)); } = 0.8;

    private static double Allowed(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be in [0, 1]");
}
