namespace MixPolicy.Mixup.Methods;

/// <summary>The blur of GuidedMixup's saliency; the defaults are those of the authors' code for CIFAR-100.</summary>
public sealed record GuidedMixupOptions
{
    /// <summary>Side of the Gaussian kernel in pixels, odd, from 1 (no blur) to 101. Default 7.</summary>
    public int BlurKernel
    {
        get;
        init => field = value is >= 1 and <= 101 && value % 2 == 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BlurKernel), value, "BlurKernel must be an odd number from 1 to 101");
    }
    = 7;

    /// <summary>σ of the kernel in pixels, in [0.1, 100]. Default 3.</summary>
    public double BlurSigma
    {
        get;
        init => field = value is >= 0.1 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(BlurSigma), value, "BlurSigma must be in [0.1, 100]");
    }
    = 3;
}
