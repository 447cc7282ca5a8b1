using MixPolicy.Mixup;

namespace MixPolicy.Trainer.Data;

/// <summary>Per-channel mean and standard deviation on the scale of a byte, red, green, blue: x ← (x − mean) / std.</summary>
public sealed record Normalisation(float[] Mean, float[] Std)
{
    /// <summary>The CIFAR-10 constants of the published training code.</summary>
    public static Normalisation Cifar10 { get; } = new([125.3f, 123.0f, 113.9f], [63.0f, 62.1f, 66.7f]);

    /// <summary>The CIFAR-100 constants of the published training code.</summary>
    public static Normalisation Cifar100 { get; } = new([129.3f, 124.1f, 112.4f], [68.2f, 65.4f, 70.4f]);

    /// <summary>The same for pixels in [0, 1], as the mixup library takes it.</summary>
    public PixelScale Scale => new([.. Mean.Select(mean => mean / 255)], [.. Std.Select(std => std / 255)]);

    /// <summary>The normalised value of every byte, by channel.</summary>
    public float[][] Table() => [.. Mean.Zip(Std, (mean, std) => Enumerable.Range(0, 256).Select(value => (value - mean) / std).ToArray())];

    /// <summary>The byte a normalised value came from, clamped to [0, 255].</summary>
    public byte ToByte(float value, int channel) => (byte)Math.Clamp(MathF.Round((value * Std[channel]) + Mean[channel]), 0f, 255f);
}
