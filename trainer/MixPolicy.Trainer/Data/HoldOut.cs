using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data;

/// <summary>The training set in two parts: what is trained on, and what is only measured on (it feeds the reward and chooses the best checkpoint).</summary>
public sealed record HoldOut(ImageSet Train, ImageSet HeldOut)
{
    /// <summary>Highest fraction that may be held out.</summary>
    public const double HighestFraction = 0.5;

    /// <summary>
    /// Holds out a stratified part: of every class the same fraction, rounded, chosen by the seed. Both parts keep the order of the data set.
    /// </summary>
    /// <param name="fraction">In [0, 0.5]; 0 holds out nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is outside [0, 0.5], or so small that no image is held out.</exception>
    public static HoldOut Split(ImageSet images, double fraction, long seed)
    {
        if (fraction is not (>= 0 and <= HighestFraction))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, $"the held-out fraction must be in [0, {HighestFraction}]");
        }

        var random = new SplitMix64(RandomPurpose.HoldOut.SeedOf(seed));
        var held = new bool[images.Count];
        foreach (var group in Enumerable.Range(0, images.Count).GroupBy(images.Label).OrderBy(g => g.Key))
        {
            int[] members = [.. group];
            random.Shuffle(members);
            foreach (var i in members.Take((int)Math.Round(fraction * members.Length, MidpointRounding.AwayFromZero)))
            {
                held[i] = true;
            }
        }

        if (fraction > 0 && !held.Contains(true))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, $"no image of {images.Count} would be held out; take more, or 0 for none");
        }

        return new(
            images.Subset([.. Enumerable.Range(0, images.Count).Where(i => !held[i])]),
            images.Subset([.. Enumerable.Range(0, images.Count).Where(i => held[i])]));
    }
}
