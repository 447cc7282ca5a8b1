using System.Globalization;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Mixup;

/// <summary>
/// How the saliency percentile of every image, in [0, 0.99], is drawn. Cells at or above that quantile of the image's saliency count as salient.
/// </summary>
public abstract record ThresholdDraw
{
    /// <summary>The highest percentile: at 1 only ties with the maximum would be salient.</summary>
    public const double Highest = 0.99;

    private ThresholdDraw()
    {
    }

    /// <summary>The paper's ten points <c>linspace(0, 0.99, 10)</c>, each as likely (Luu et al. 2022, section 3).</summary>
    public static ThresholdDraw Grid { get; } = new GridDraw();

    /// <summary>Uniform in [t − s/2, t + s/2] ∩ [0, 0.99]; t = 0.495 with s = 0.99 is the paper's grid in continuous form.</summary>
    /// <param name="threshold">t, in [0, 0.99].</param>
    /// <param name="spread">s, in [0, 1.98].</param>
    public static ThresholdDraw Band(double threshold, double spread = 0.2) => new BandDraw(threshold, spread);

    internal abstract float Draw(RandomStream stream);

    public sealed record GridDraw : ThresholdDraw
    {
        private const int Points = 10;

        internal override float Draw(RandomStream stream) => (float)(Highest / (Points - 1) * stream.Below(Points));

        public override string ToString() => "grid of 10 points in [0, 0.99]";
    }

    public sealed record BandDraw(double Threshold, double Spread) : ThresholdDraw
    {
        public double Threshold { get; } = Threshold is >= 0 and <= Highest
            ? Threshold
            : throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, "a threshold must be in [0, 0.99]");

        public double Spread { get; } = Spread is >= 0 and <= 2 * Highest
            ? Spread
            : throw new ArgumentOutOfRangeException(nameof(Spread), Spread, "a threshold's spread must be in [0, 1.98]");

        internal override float Draw(RandomStream stream)
        {
            var low = Math.Max(0, Threshold - (Spread / 2));
            var high = Math.Min(Highest, Threshold + (Spread / 2));
            return (float)(low + ((high - low) * stream.Uniform()));
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Threshold} ± {Spread / 2}");
    }
}
