using MixPolicy.Ppo.Batches;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class BatchRefusalTests
{
    public static TheoryData<string> Kinds => BatchWorld.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decide_BadObservation_IsRefusedAndChangesNothing(string kind)
    {
        using var policy = BatchWorld.Policy(kind);
        BatchWorld.Drive(policy, 0, 10);
        var before = BatchWorld.Hashes(policy);
        var good = BatchWorld.Observation(50);

        Refuse(good with { Patches = 4 }, "patches is 4; allowed is 5");
        Refuse(good with { Saliency = [.. good.Saliency.Skip(1)] }, "saliency is 124 numbers; allowed is 125 numbers");
        Refuse(good with { Logits = [1] }, "logits is 1 numbers; allowed is 30 numbers");
        Refuse(good with { Saliency = With(good.Saliency, -0.5f) }, "saliency[3] is -0.5; allowed are finite numbers from 0");
        Refuse(good with { Logits = With(good.Logits, float.NaN) }, "logits[3] is NaN");
        Refuse(good with { Logits = With(good.Logits, float.PositiveInfinity) }, "logits[3] is Infinity");
        Refuse(good with { Logits = With(good.Logits, 2e6f) }, "logits[3] is 2000000; allowed are finite numbers from -1000000 to 1000000");
        Should.Throw<ArgumentException>(() => policy.Decide("a", 3, good, 0)).Message.ShouldContain("batch is 3; allowed are 9 and more");
        BatchWorld.Hashes(policy).ShouldBe(before);

        void Refuse(BatchObservation bad, string why)
        {
            Should.Throw<ArgumentException>(() => policy.Decide("a", 50, bad, 0)).Message.ShouldContain(why);
            Should.Throw<ArgumentException>(() => policy.Take("a", 50, bad, new([0, 0, 0, 0, 0], null, 0, -1, 0))).Message.ShouldContain(why);
        }
    }

    [Fact]
    public void Decide_FaithfulPolicyAnotherBatchOrClassCount_IsRefused()
    {
        using var policy = BatchWorld.Policy("rl_mix");

        Should.Throw<ArgumentException>(() => policy.Decide("a", 0, BatchWorld.Observation(0, images: 4), 0)).Message.ShouldContain("images is 4; allowed is 5, the policy's own");
        Should.Throw<ArgumentException>(() => policy.Decide("a", 0, BatchWorld.Observation(0, classes: 7), 0)).Message.ShouldContain("classes is 7; allowed is 6, the policy's own");
    }

    [Fact]
    public void Decide_SetPolicyWithoutWhatItSees_IsRefused()
    {
        using var policy = BatchWorld.Policy("rl_mix_set");
        var good = BatchWorld.Observation(0);

        Refuse(good with { Losses = null }, "losses is 0 numbers; allowed is 5 numbers");
        Refuse(good with { Losses = With(good.Losses!, -1) }, "losses[3] is -1");
        Refuse(good with { Partners = null }, "partners is 0 numbers; allowed is 5 numbers");
        Refuse(good with { Partners = [0, 1, 1, 2, 3] }, "partners[2] is 1; allowed is each of 0 to 4 once");
        Refuse(good with { Partners = [0, 1, 2, 3, 5] }, "partners[4] is 5");
        Refuse(good with { Lambda = null }, "lambda is unset; allowed is 0 to 1");
        Refuse(good with { Lambda = 1.5f }, "lambda is 1.5");

        void Refuse(BatchObservation bad, string why) => Should.Throw<ArgumentException>(() => policy.Decide("a", 0, bad, 0)).Message.ShouldContain(why);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Take_BadDecision_IsRefused(string kind)
    {
        using var policy = BatchWorld.Policy(kind);
        int? method = kind == "rl_mix" ? null : 1;
        var good = new BatchDraw([0, 1, 2, 3, 4], method, 0, -10, 0);

        Refuse(good with { Bins = [0] }, "bins is 1 numbers; allowed is 5 numbers");
        Refuse(good with { Bins = [0, 1, 2, 3, 10] }, "bins[4] is 10; allowed is 0 to 9");
        Refuse(good with { Method = 7 }, kind == "rl_mix" ? "method is 7; allowed is unset" : "method is 7; allowed is 0 to 2");
        Refuse(good with { LogProbability = float.NaN }, "log_probability is NaN");
        Refuse(good with { Value = float.PositiveInfinity }, "value is Infinity");

        void Refuse(BatchDraw bad, string why) =>
            Should.Throw<ArgumentException>(() => policy.Take("a", 0, BatchWorld.Observation(0), bad)).Message.ShouldContain(why);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reward_BadReward_IsRefusedAndChangesNothing(string kind)
    {
        using var policy = BatchWorld.Policy(kind);
        policy.Decide("a", 0, BatchWorld.Observation(0), 0);
        var before = BatchWorld.Hashes(policy);

        Refuse("b", 0, [1], 0, "batch is 0; allowed is none");
        Refuse("a", 1, [1], 0, "batch is 1; allowed is 0");
        Refuse("a", 0, [], 0, "rewards is 0 numbers");
        Refuse("a", 0, [1, 2], 0, "rewards is 2 numbers");
        Refuse("a", 0, [float.NaN], 0, "rewards[0] is NaN");
        Refuse("a", 0, [2e6f], 0, "rewards[0] is 2000000; allowed are finite numbers from -1000000 to 1000000");
        Refuse("a", 0, [1], 1.5, "progress is 1.5; allowed are 0 to 1");
        BatchWorld.Hashes(policy).ShouldBe(before);

        void Refuse(string run, long batch, float[] rewards, double progress, string why) =>
            Should.Throw<ArgumentException>(() => policy.Reward(run, batch, rewards, false, progress)).Message.ShouldContain(why);
    }

    [Fact]
    public void Decide_TooManyWithoutAReward_IsRefused()
    {
        using var policy = BatchWorld.Policy("rl_mix_set");
        for (var batch = 0; batch < 256; batch++)
        {
            policy.Decide("a", batch, BatchWorld.Observation(0), 0);
        }

        Should.Throw<ArgumentException>(() => policy.Decide("a", 256, BatchWorld.Observation(0), 0)).Message.ShouldContain("reward batch 0 first");
        policy.Decide("b", 0, BatchWorld.Observation(0), 0);
    }

    [Fact]
    public void Validate_OptionOutOfRange_IsRefused()
    {
        Refuse(new RlMixOptions { Patches = 3 }, "Patches is 3; allowed are 4 to 32");
        Refuse(new RlMixOptions { Images = 0 }, "Images is 0");
        Refuse(new RlMixOptions { Rollout = 1 }, "Rollout is 1");
        Refuse(new RlMixSetOptions { Bins = 1 }, "Bins is 1");
        Refuse(new RlMixSetOptions { UpdateLag = -1 }, "UpdateLag is -1");

        static void Refuse(BatchPolicyOptions options, string why) => Should.Throw<ArgumentException>(options.Validate).Message.ShouldContain(why);
    }

    private static float[] With(float[] numbers, float third)
    {
        float[] changed = [.. numbers];
        changed[3] = third;
        return changed;
    }
}
