namespace MixPolicy.Ppo.Batches;

public abstract partial class BatchPolicy
{
    /// <summary>Most images of a batch.</summary>
    public const int MostImages = 4096;

    /// <summary>Most classes.</summary>
    public const int MostClasses = 100_000;

    /// <summary>Most decisions of a run that wait for a reward.</summary>
    public const int MostOpen = 256;

    /// <summary>The largest magnitude of a reward.</summary>
    public const float LargestReward = 1e6f;

    /// <summary>The largest magnitude of a logit. Huge finite numbers would overflow on their way through the network and leave no probability.</summary>
    public const float LargestLogit = 1e6f;

    /// <summary>The largest loss of an image, in nats.</summary>
    public const float LargestLoss = 1e6f;

    /// <summary>The largest share of a patch: 1, and the rounding of a sum.</summary>
    public const float LargestShare = 1.001f;

    /// <summary>What the encoder of every policy relies on.</summary>
    /// <exception cref="ArgumentException">A size does not fit or a number is out of range.</exception>
    private protected void CheckSizes(BatchObservation observation)
    {
        var (images, classes, patches) = (observation.Images, observation.Classes, observation.Patches);
        Require(images is >= 1 and <= MostImages, "images", images, $"1 to {MostImages}");
        Require(classes is >= 2 and <= MostClasses, "classes", classes, $"2 to {MostClasses}");
        Require(patches == _options.Patches, "patches", patches, $"{_options.Patches}, the policy's own");
        RequireCount("saliency", observation.Saliency.Length, (long)images * patches * patches);
        RequireCount("logits", observation.Logits.Length, (long)images * classes);
    }

    private protected static void Require(bool isRight, string field, object value, string allowed)
    {
        if (!isRight)
        {
            throw new ArgumentException(FormattableString.Invariant($"{field} is {value}; allowed is {allowed}"), field);
        }
    }

    private protected static void RequireCount(string field, int count, long needed) =>
        Require(count == needed, field, $"{count} numbers", $"{needed} numbers");

    /// <summary>Finite, and at least <paramref name="min"/>.</summary>
    private protected static void RequireNumbers(string field, ReadOnlySpan<float> numbers, float min, float max)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!(numbers[i] >= min && numbers[i] <= max))
            {
                throw new ArgumentException(FormattableString.Invariant($"{field}[{i}] is {numbers[i]}; allowed are finite numbers from {min:G9} to {max:G9}"), field);
            }
        }
    }

    private void CheckTaken(BatchDraw taken, int images)
    {
        RequireCount("bins", taken.Bins.Length, images);
        for (var i = 0; i < images; i++)
        {
            Require(taken.Bins[i] < _options.Bins, $"bins[{i}]", taken.Bins[i], $"0 to {_options.Bins - 1}");
        }

        var methodFits = Methods == 0 ? taken.Method is null : taken.Method >= 0 && taken.Method < Methods;
        Require(methodFits, "method", taken.Method is { } method ? method : "unset", Methods == 0 ? "unset: this policy chooses none" : $"0 to {Methods - 1}");
        Require(taken.LogProbability is >= -1e6f and <= 0, "log_probability", taken.LogProbability, "-1e6 to 0");
        Require(float.IsFinite(taken.Value), "value", taken.Value, "a finite number");
    }

    private void CheckRewards(float[] rewards, int images)
    {
        Require(
            rewards.Length == 1 || (TakesRewardsOfImages && rewards.Length == images),
            "rewards", $"{rewards.Length} numbers", TakesRewardsOfImages ? $"1 number, or {images}: one an image" : "1 number");
        RequireNumbers("rewards", rewards, -LargestReward, LargestReward);
    }
}
