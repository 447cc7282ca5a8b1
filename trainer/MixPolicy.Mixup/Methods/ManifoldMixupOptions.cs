namespace MixPolicy.Mixup.Methods;

/// <summary>Where manifold mixup mixes; the defaults are the published ones for residual networks (Verma et al. 2019, section 5.1).</summary>
public sealed record ManifoldMixupOptions
{
    /// <summary>Places of an <see cref="IStagedNetwork"/>, one drawn a batch, each as likely: 0 is the input, s is after stage s. Default 0, 1, 2.</summary>
    public IReadOnlyList<int> Places
    {
        get;
        init => field = value.Count > 0 && value.All(p => p >= 0)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Places), $"[{string.Join(", ", value)}]", "places must be one or more whole numbers, each at least 0");
    }
    = [0, 1, 2];
}
