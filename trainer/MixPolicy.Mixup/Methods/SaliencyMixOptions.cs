namespace MixPolicy.Mixup.Methods;

/// <summary>How SaliencyMix finds the most salient pixel; the default takes the map as it is (Uddin et al. 2021, section 3.2).</summary>
public sealed record SaliencyMixOptions
{
    /// <summary>
    /// σ in pixels of a Gaussian blur of the saliency, 0, the default, for none, or in [0.1, 100]. Gradients are noisier than the bottom-up saliency of the paper: a
    /// blur finds the salient region rather than the single pixel.
    /// </summary>
    public double BlurSigma
    {
        get;
        init => field = value is 0 or (>= 0.1 and <= 100) ? value : throw new ArgumentOutOfRangeException(nameof(BlurSigma), value, "BlurSigma must be 0 or in [0.1, 100]");
    }
}
