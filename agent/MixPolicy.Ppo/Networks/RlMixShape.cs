using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Networks;

/// <summary>
/// The network of RL-Mix (Luu et al. 2022) for B images, K classes, P × P patches and so many bins; 7,521,243 parameters for 100, 100, 8 and 10.
/// An observation is B·P·P saliencies, then B·K logits.
/// <list type="number">
/// <item>Saliency: the images are the channels of one P × P picture. Convolution 3 × 3 to 150, ReLU, convolution 2 × 2 to 100, ReLU, flattened.</item>
/// <item>Logits: a linear layer from K to 256 for each image, flattened.</item>
/// <item>Features: both, one after the other, through a linear layer to 256 and ReLU.</item>
/// <item>Policy and value: two tanh layers of 64 each, then B·bins logits, and the value.</item>
/// </list>
/// Stable-Baselines3 initialises all of it: orthogonal with gain √2, 0.01 for the last layer of the policy, 1 for that of the value; biases 0.
/// </summary>
internal sealed record RlMixShape(int Images, int Classes, int Patches, int Bins)
{
    public const int FirstFilters = 150;
    public const int SecondFilters = 100;
    public const int Width = 256;
    public const int Hidden = 64;
    public const int FirstKernel = 3;
    public const int SecondKernel = 2;
    public const int SecondInner = FirstFilters * SecondKernel * SecondKernel;

    public int Saliencies => Images * Patches * Patches;

    public int Logits => Images * Classes;

    public int ObservationSize => Saliencies + Logits;

    /// <summary>Sides of the pictures after the convolutions.</summary>
    public int FirstSide => Patches - FirstKernel + 1;

    public int SecondSide => FirstSide - SecondKernel + 1;

    public int FirstInner => Images * FirstKernel * FirstKernel;

    public int SaliencyFeatures => SecondFilters * SecondSide * SecondSide;

    /// <summary>
    /// Nothing non-linear lies between the two layers that the logits go through, so their product is one layer: of fewer weights, and cheaper to learn
    /// with, as long as there are fewer classes than its width.
    /// </summary>
    public bool JoinsLogitLayers => Classes < Width;

    /// <summary>The weights before training. The first layer after both inputs is drawn as one and kept as two, one for each input.</summary>
    public IReadOnlyList<InitialParameter> Initial(RandomStream random)
    {
        var gain = Math.Sqrt(2);
        var first = Orthogonal.Weight("saliency.0.weight", FirstFilters, FirstInner, gain, random);
        var second = Orthogonal.Weight("saliency.1.weight", SecondFilters, SecondInner, gain, random);
        var logits = Orthogonal.Weight("logits.weight", Width, Classes, gain, random);
        var (left, right) = (SaliencyFeatures, Images * Width);
        var features = Orthogonal.Weight("features", Width, left + right, gain, random).Values;
        return
        [
            first with { Shape = [FirstFilters, Images, FirstKernel, FirstKernel] }, Bias("saliency.0.bias", FirstFilters),
            second with { Shape = [SecondFilters, FirstFilters, SecondKernel, SecondKernel] }, Bias("saliency.1.bias", SecondFilters),
            logits, Bias("logits.bias", Width),
            new("features.saliency.weight", [Width, left], Columns(features, left + right, 0, left)),
            new("features.logits.weight", [Width, right], Columns(features, left + right, left, right)),
            Bias("features.bias", Width),
            .. Head("policy", Images * Bins, 0.01, random), .. Head("value", 1, 1, random),
        ];
    }

    private static IEnumerable<InitialParameter> Head(string name, int outputs, double lastGain, RandomStream random) =>
    [
        Orthogonal.Weight($"{name}.0.weight", Hidden, Width, Math.Sqrt(2), random), Bias($"{name}.0.bias", Hidden),
        Orthogonal.Weight($"{name}.1.weight", Hidden, Hidden, Math.Sqrt(2), random), Bias($"{name}.1.bias", Hidden),
        Orthogonal.Weight($"{name}.2.weight", outputs, Hidden, lastGain, random), Bias($"{name}.2.bias", outputs),
    ];

    private static InitialParameter Bias(string name, int size) => new(name, [size], new float[size]);

    private static float[] Columns(float[] matrix, int columns, int first, int count)
    {
        var part = new float[matrix.Length / columns * count];
        for (var row = 0; row < matrix.Length / columns; row++)
        {
            matrix.AsSpan((row * columns) + first, count).CopyTo(part.AsSpan(row * count));
        }

        return part;
    }
}
