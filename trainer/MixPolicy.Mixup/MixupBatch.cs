using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>The clean batch a method mixes. Methods only read it.</summary>
/// <param name="Images">B×C×H×W, any floating type; contiguous float32 on the CPU is the fast path.</param>
/// <param name="Labels">B×K soft labels on the same device; every row sums to 1.</param>
/// <param name="Saliency">
/// B×H×W, full resolution and un-normalised, as <see cref="MixPolicy.Mixup.Saliency.Compute(Func{Tensor, Tensor}, Tensor, Tensor)"/> gives it.
/// Only methods whose <see cref="IMixupMethod.NeedsSaliency"/> is true read it.
/// </param>
public sealed record MixupBatch(Tensor Images, Tensor Labels, Tensor? Saliency = null)
{
    /// <summary>How much the network's own last feature maps answer to each place: B×h×w, never negative. Only methods whose <see cref="IMixupMethod.NeedsFeatures"/> is true read it.</summary>
    public Tensor? Features { get; init; }

    /// <summary>Gradient of the clean loss with respect to the images: B×C×H×W. Only methods whose <see cref="IMixupMethod.NeedsGradient"/> is true read it.</summary>
    public Tensor? Gradient { get; init; }

    /// <summary>How the images were normalised; null where they were not. Only methods that compare or bound colours read it.</summary>
    public PixelScale? Scale { get; init; }

    /// <summary>Images in the batch, B.</summary>
    public int Size => (int)Images.shape[0];

    public int Height => (int)Images.shape[2];

    public int Width => (int)Images.shape[3];

    /// <exception cref="ArgumentException">A shape or type is not what the fields ask for, or what is needed (saliency, gradient, features) is missing.</exception>
    internal void Check(bool needsSaliency, bool needsGradient = false, bool needsFeatures = false)
    {
        Require(Images.ndim == 4 && Images.is_floating_point(), nameof(Images), Images, "a floating-point tensor B×C×H×W");
        Require(Images.shape.All(n => n > 0), nameof(Images), Images, "no empty dimension");
        RequireChannels(Scale);
        Require(Labels.ndim == 2 && Labels.is_floating_point() && Labels.shape[0] == Size, nameof(Labels), Labels, $"soft labels {Size}×K, one row an image");
        Require(IsBesideImages(Labels), nameof(Labels), Labels, $"the device of the images, {Images.device}");
        if (needsSaliency)
        {
            var fits = Saliency is not null && Saliency.is_floating_point() && Saliency.shape.SequenceEqual([Size, Height, Width]) && IsBesideImages(Saliency);
            Require(fits, nameof(Saliency), Saliency, $"one map an image, {Size}×{Height}×{Width} on {Images.device}");
        }

        if (needsFeatures)
        {
            var fits = Features is not null && Features.is_floating_point() && Features.ndim == 3 && Features.shape[0] == Size && Features.shape.All(n => n > 0)
                && IsBesideImages(Features);
            Require(fits, nameof(Features), Features, $"one map an image, {Size}×h×w with h, w ≥ 1, on {Images.device}");
        }

        if (needsGradient)
        {
            var fits = Gradient is not null && Gradient.is_floating_point() && Gradient.shape.SequenceEqual(Images.shape) && IsBesideImages(Gradient);
            Require(fits, nameof(Gradient), Gradient, $"the images' shape, [{string.Join(", ", Images.shape)}] on {Images.device}");
        }
    }

    private bool IsBesideImages(Tensor tensor) => tensor.device_type == Images.device_type && tensor.device_index == Images.device_index;

    private void RequireChannels(PixelScale? scale)
    {
        if (scale is not null && scale.Mean.Count != Images.shape[1])
        {
            throw new ArgumentException($"Scale has {scale.Mean.Count} channels; allowed: {Images.shape[1]}, as the images", nameof(scale));
        }
    }

    private static void Require(bool holds, string field, Tensor? value, string allowed)
    {
        if (!holds)
        {
            var actual = value is null ? "missing" : $"{value.dtype} [{string.Join(", ", value.shape)}] on {value.device}";
            throw new ArgumentException($"{field} is {actual}; allowed: {allowed}", field);
        }
    }
}
