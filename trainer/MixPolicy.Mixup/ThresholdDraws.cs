using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>
/// All that R-Mix draws for a batch of B images. Drawn before the mixing, an agent can look at the draws and put percentiles of its own in (RL-Mix, Luu et al. 2022).
/// </summary>
/// <param name="Lambda">λ, in [0, 1].</param>
/// <param name="Partners">π, a permutation of 0 … B − 1.</param>
/// <param name="PatchSize">Pixels a side of a mask's cell, ≥ 1.</param>
/// <param name="Percentiles">B saliency percentiles, in [0, 1].</param>
public sealed record ThresholdDraws(double Lambda, long[] Partners, int PatchSize, float[] Percentiles)
{
    /// <summary>
    /// Draws as published. Takes one draw from the generator, and mixing by the result is what <see cref="IMixupMethod.Mix"/> does with the same generator, where the
    /// parameters mix every batch.
    /// </summary>
    /// <param name="images">B, at least 1.</param>
    /// <param name="height">Of an image, in pixels; as <paramref name="width"/>.</param>
    public static ThresholdDraws Draw(int images, int height, int width, MixParameters parameters, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        var stream = RandomStream.From(generator);
        stream.Happens(1);
        return Next(stream, images, height, width, parameters);
    }

    internal static ThresholdDraws Next(RandomStream stream, int images, int height, int width, MixParameters parameters)
    {
        var lambda = parameters.Lambda.Draw(stream);
        var partners = stream.Permutation(images);
        var sizes = parameters.PatchSizes ?? DefaultPatchSizes(Math.Min(height, width));
        var size = sizes[stream.Below(sizes.Count)];
        var percentiles = new float[images];
        for (var b = 0; b < images; b++)
        {
            percentiles[b] = parameters.Threshold.Draw(stream);
        }

        return new(lambda, partners, size, percentiles);
    }

    /// <exception cref="ArgumentException">A field is outside its range, or not for so many images.</exception>
    internal void Check(int images)
    {
        Require(Lambda is >= 0 and <= 1, nameof(Lambda), Lambda, "a number in [0, 1]");
        Require(PatchSize >= 1, nameof(PatchSize), PatchSize, "at least 1 pixel");
        Require(Percentiles.Length == images && Percentiles.All(p => p is >= 0 and <= 1), nameof(Percentiles), $"[{string.Join(", ", Percentiles)}]", $"{images} numbers in [0, 1]");
        var seen = new bool[images];
        var permutes = Partners.Length == images && Partners.All(p => p >= 0 && p < images && !seen[p] && (seen[p] = true));
        Require(permutes, nameof(Partners), $"[{string.Join(", ", Partners)}]", $"a permutation of 0 to {images - 1}");
    }

    private static int[] DefaultPatchSizes(int side) => [Math.Max(1, side / 4), Math.Max(1, side / 2)];

    private static void Require(bool holds, string field, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{field} is {value}; allowed: {allowed}"), field);
        }
    }
}
