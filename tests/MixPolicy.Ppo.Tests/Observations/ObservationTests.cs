using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Training;

namespace MixPolicy.Ppo.Tests.Observations;

public sealed class ObservationTests
{
    private static readonly ObservationSpace Dictionary = ObservationSpace.Dictionary(new("loss", 2), new("accuracy", 1));

    [Fact]
    public void Flatten_OrdersEntriesByName() =>
        Dictionary.Flatten(new Dictionary<string, float[]> { ["loss"] = [1, 2], ["accuracy"] = [3] }).ShouldBe([3, 1, 2]);

    [Fact]
    public void Flatten_BadDictionaries_NameTheEntry()
    {
        Refuse(new() { ["loss"] = [1, 2] }, "'accuracy' has 0 numbers; needed are 1");
        Refuse(new() { ["loss"] = [1], ["accuracy"] = [3] }, "'loss' has 1 numbers; needed are 2");
        Refuse(new() { ["loss"] = [1, 2], ["accuracy"] = [3], ["ece"] = [1] }, "has 'ece'; allowed are accuracy, loss");
        Refuse(new() { ["loss"] = [1, float.NaN], ["accuracy"] = [3] }, "is NaN");

        static void Refuse(Dictionary<string, float[]> observation, string why) =>
            Should.Throw<ArgumentException>(() => Dictionary.Flatten(observation)).Message.ShouldContain(why);
    }

    [Fact]
    public void Moments_InBatches_AreThoseOfAllTogether()
    {
        var moments = new RunningMoments(2);
        moments.Update([1, 10, 3, 10]);
        moments.Update([5, 10, 7, 10]);
        moments.Update([]);

        // Mean 4 and variance 5 of 1, 3, 5, 7; the start weighs 1e-4 of a sample.
        moments.State.Mean.ShouldBe([4, 10], 1e-3);
        moments.State.Variance[0].ShouldBe(5, 1e-2);
        moments.State.Count.ShouldBe(4.0001, 1e-9);
        var normalized = new float[2];
        moments.Normalize([4 + MathF.Sqrt(5), 1e9f], normalized, clip: 10);
        normalized.ShouldBe([1, 10], 1e-2);
    }

    [Fact]
    public void Rewards_AreScaledByTheDiscountedReturn_ByHand()
    {
        var normalizer = new RewardNormalizer(environments: 2, gamma: 0.5);
        float[] rewards = [2, -2];
        normalizer.Normalize(rewards, [false, true]);

        // Returns 2 and −2: variance 4 (the start weighs 1e-4 of a sample), so rewards are halved.
        rewards.ShouldBe([1, -1], 1e-3);
        normalizer.State.Returns.ShouldBe([2, 0]);

        normalizer.Normalize([1, 1], [false, false]);
        normalizer.State.Returns.ShouldBe([2, 1]);
    }
}
