using System.Globalization;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Mixup;

/// <summary>How λ, the own image's share in [0, 1], is drawn: once a batch, or as often as <see cref="LambdaScope"/> says.</summary>
public abstract record LambdaDraw
{
    private LambdaDraw()
    {
    }

    /// <summary>λ ~ Beta(α, α): Zhang et al. 2018, section 2. A small α keeps λ near 0 or 1, a large one near ½.</summary>
    public static LambdaDraw Beta(double alpha) => new BetaDraw(alpha);

    /// <summary>Always the same λ.</summary>
    public static LambdaDraw Fixed(double lambda) => new FixedDraw(lambda);

    /// <summary>λ = 1 − τ² with τ uniform in [low, high): the side of what is pasted, as a share of the image's, is drawn uniformly (Qin et al. 2020, section 3.2).</summary>
    /// <param name="low">In [0, high].</param>
    /// <param name="high">In [low, 1].</param>
    public static LambdaDraw Side(double low, double high) => new SideDraw(low, high);

    internal abstract double Draw(RandomStream stream);

    /// <param name="Alpha">In [1e-6, 1e6].</param>
    public sealed record BetaDraw(double Alpha) : LambdaDraw
    {
        public double Alpha { get; } = Alpha is >= 1e-6 and <= 1e6
            ? Alpha
            : throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "the alpha of Beta(alpha, alpha) must be in [1e-6, 1e6]");

        internal override double Draw(RandomStream stream) => stream.Beta(Alpha);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Beta({Alpha}, {Alpha})");
    }

    /// <param name="Lambda">In [0, 1].</param>
    public sealed record FixedDraw(double Lambda) : LambdaDraw
    {
        public double Lambda { get; } = Lambda is >= 0 and <= 1
            ? Lambda
            : throw new ArgumentOutOfRangeException(nameof(Lambda), Lambda, "a fixed lambda must be in [0, 1]");

        internal override double Draw(RandomStream stream) => Lambda;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Lambda}");
    }

    /// <param name="Low">In [0, high].</param>
    /// <param name="High">In [low, 1].</param>
    public sealed record SideDraw(double Low, double High) : LambdaDraw
    {
        public double Low { get; } = Low is >= 0 and <= 1
            ? Low
            : throw new ArgumentOutOfRangeException(nameof(Low), Low, "the low end of a side must be in [0, 1]");

        public double High { get; } = High >= Low && High <= 1
            ? High
            : throw new ArgumentOutOfRangeException(nameof(High), High, string.Create(CultureInfo.InvariantCulture, $"the high end of a side must be in [{Low}, 1]"));

        internal override double Draw(RandomStream stream)
        {
            var side = stream.Uniform(Low, High);
            return 1 - (side * side);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"1 - U({Low}, {High})^2");
    }
}
