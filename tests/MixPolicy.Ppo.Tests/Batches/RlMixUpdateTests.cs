using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Learning;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class RlMixUpdateTests
{
    /// <summary>One image and two bins, so that any draw tells the probabilities of both.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Update_RaisesTheProbabilityOfTheBetterRewarded(byte better)
    {
        using var policy = new RlMixPolicy(new() { Images = 1, Classes = 4, Patches = 4, Bins = 2, Rollout = 8, UpdateLag = 0, Ppo = new() { MinibatchSize = 8 } }, seed: 1);
        var observation = BatchWorld.Observation(1, images: 1, classes: 4, patches: 4);
        var before = Probability(0);
        for (var batch = 0; batch < 8; batch++)
        {
            var bin = (byte)(batch % 2);
            policy.Take("run", batch, observation, new([bin], null, 0, MathF.Log(0.5f), 0));
            policy.Reward("run", batch, [bin == better ? 1 : 0], last: true, progress: 0);
        }

        Probability(1).ShouldBeGreaterThan(before + 0.01);
        policy.Version.ShouldBe(1);

        double Probability(long batch)
        {
            var draw = policy.Decide("probe", batch, observation, seed: 1);
            policy.Drop("probe");
            var drawn = Math.Exp(draw.LogProbability);
            return draw.Bins[0] == better ? drawn : 1 - drawn;
        }
    }

    /// <summary>10 epochs of 1000 batches in minibatches of 250, as published.</summary>
    [Fact]
    public void Update_AsPublished_Takes40GradientSteps()
    {
        using var policy = new RlMixPolicy(new() { Images = 2, Classes = 4, Patches = 4, UpdateLag = 0 }, seed: 1);
        BatchUpdate? update = null;
        for (var batch = 0; batch <= 1001; batch++)
        {
            policy.Decide("run", batch, BatchWorld.Observation((ulong)batch, images: 2, classes: 4, patches: 4), (ulong)batch);
            update ??= policy.Rewarded("run", batch, [batch % 5], last: batch % 100 == 99, progress: 0);
        }

        update.ShouldNotBeNull();
        update.Diagnostics[Diagnostics.GradientSteps].ShouldBe(40);
        update.Diagnostics[Diagnostics.Samples].ShouldBe(1000);
        update.Diagnostics.ShouldAllBe(pair => double.IsFinite(pair.Value));
    }
}
