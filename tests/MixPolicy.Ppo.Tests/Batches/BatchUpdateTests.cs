using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Learning;
using TorchSharp;

namespace MixPolicy.Ppo.Tests.Batches;

/// <summary>When updates happen, and that nothing depends on how fast the machine is.</summary>
public sealed class BatchUpdateTests
{
    public static TheoryData<string> Kinds => BatchWorld.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decide_SameCalls_GivesTheSameBitsHoweverLongUpdatesTake(string kind)
    {
        using var fast = BatchWorld.Policy(kind);
        using var slow = BatchWorld.Policy(kind);
        var expected = BatchWorld.Drive(fast, 0, 60);
        var actual = new List<BatchDraw>();
        for (var turn = 0; turn < 60; turn++)
        {
            // The caller dawdles, so that updates are long done when they are due; before, they were not.
            Thread.Sleep(turn % 10 == 0 ? 20 : 0);
            actual.AddRange(BatchWorld.Drive(slow, turn, turn + 1));
        }

        BatchWorld.ShouldBeEqual(actual, expected);
        BatchWorld.Hashes(slow).ShouldBe(BatchWorld.Hashes(fast));
        fast.Version.ShouldBeGreaterThan(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Decide_AfterAFullRollout_AdoptsTheUpdateExactlyLagDecisionsLater(int lag)
    {
        var options = BatchWorld.Set with { UpdateLag = lag, Ppo = BatchWorld.Set.Ppo with { Gamma = 0 } };
        using var policy = new RlMixSetPolicy(options, seed: 1);
        var versions = Enumerable.Range(0, 16).Select(batch =>
        {
            var draw = policy.Decide("run", batch, BatchWorld.Observation((ulong)batch), (ulong)batch);
            policy.Reward("run", batch, [1], last: false, progress: 0);
            return draw.Version;
        }).ToArray();

        // Full with the 8th reward: the decisions after it are numbers 8, 9, … from 0; the first `lag` of them are still the old policy's.
        versions.Take(8 + lag).ShouldAllBe(version => version == 0);
        versions.Skip(8 + lag).ShouldAllBe(version => version == 1);
    }

    [Fact]
    public void Reward_NextRolloutFullBeforeTheLagIsOver_AdoptsTheUpdateThen()
    {
        using var policy = new RlMixSetPolicy(BatchWorld.Set with { UpdateLag = 10_000, Ppo = BatchWorld.Set.Ppo with { Gamma = 0 } }, seed: 1);
        var updates = new List<BatchUpdate>();
        for (var batch = 0; batch < 24; batch++)
        {
            policy.Decide("run", batch, BatchWorld.Observation((ulong)batch), (ulong)batch).Version.ShouldBe(batch < 16 ? 0 : 1);
            if (policy.Rewarded("run", batch, [1], last: false, progress: 0) is { } update)
            {
                updates.Add(update);
            }
        }

        updates.Select(update => update.Version).ShouldBe([1, 2]);
        updates[1].Diagnostics[Diagnostics.Samples].ShouldBe(16);
    }

    /// <summary>With γ above 0 a decision completes the step before it: two runs' decisions fill two rollouts of two, without a reward in between.</summary>
    [Fact]
    public void TakeUpdates_AfterTwoBetweenRewards_TellsBothOnce()
    {
        using var policy = new RlMixSetPolicy(BatchWorld.Set with { Rollout = 2, UpdateLag = 0 }, seed: 1);
        string[] runs = ["a", "b", "c", "d"];
        foreach (var run in runs)
        {
            policy.Decide(run, 0, BatchWorld.Observation(1), 1);
            policy.Reward(run, 0, [1], last: false, progress: 0);
        }

        policy.TakeUpdates().ShouldBeEmpty();
        foreach (var run in runs)
        {
            policy.Decide(run, 1, BatchWorld.Observation(2), 2);
        }

        using var restored = new RlMixSetPolicy(BatchWorld.Set with { Rollout = 2, UpdateLag = 0 }, seed: 1);
        BatchWorld.Copy(policy, restored);
        foreach (var one in new[] { policy, restored })
        {
            one.TakeUpdates().Select(update => update.Version).ShouldBe([1, 2]);
            one.TakeUpdates().ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Take_WhatTheSamePolicyDrew_IsAsIfItHadBeenDrawnHere(string kind)
    {
        using var deciding = BatchWorld.Policy(kind);
        using var taking = BatchWorld.Policy(kind);
        for (var batch = 0; batch < 30; batch++)
        {
            var observation = BatchWorld.Observation((ulong)batch);
            taking.Take("run", batch, observation, deciding.Decide("run", batch, observation, (ulong)batch));
            deciding.Reward("run", batch, [batch % 4], last: batch % 5 == 4, progress: 0);
            taking.Reward("run", batch, [batch % 4], last: batch % 5 == 4, progress: 0);
        }

        taking.Version.ShouldBe(deciding.Version);
        var (expected, actual) = (deciding.Decide("run", 30, BatchWorld.Observation(30), 30), taking.Decide("run", 30, BatchWorld.Observation(30), 30));
        actual.Bins.ShouldBe(expected.Bins);

        // Joint log-probabilities come back to rounding: they are spread over the parts again.
        (actual.LogProbability, actual.Value).ShouldSatisfyAllConditions(
            pair => pair.LogProbability.ShouldBe(expected.LogProbability, 1e-3f), pair => pair.Value.ShouldBe(expected.Value, 1e-3f));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decide_Frozen_NeverLearnsAndForgetsRewards(string kind)
    {
        using var policy = BatchWorld.Policy(kind, frozen: true);
        var first = policy.Decide("run", 0, BatchWorld.Observation(1), 1);
        var updates = new List<BatchUpdate>();

        BatchWorld.Drive(policy, 0, 40, updates);

        updates.ShouldBeEmpty();
        BatchWorld.ShouldBeEqual([policy.Decide("run", 0, BatchWorld.Observation(1), 1)], [first]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Drop_ARunMidway_LeavesTheOthersAndLetsItBeginAgain(string kind)
    {
        using var policy = BatchWorld.Policy(kind);
        BatchWorld.Drive(policy, 0, 5);

        policy.Drop("a");
        policy.Drop("never seen");

        Should.Throw<ArgumentException>(() => policy.Reward("a", 4, [1], last: false, progress: 0)).Message.ShouldContain("no decision of the run is open");
        policy.Decide("a", 0, BatchWorld.Observation(0), 0);
        policy.Reward("a", 0, [1], last: true, progress: 0);
        policy.Reward("b", 3, [1], last: true, progress: 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DecideAndReward_ManyTimes_LeavesNoTensorBehind(string kind)
    {
        using var policy = BatchWorld.Policy(kind, lag: 0);
        BatchWorld.Drive(policy, 0, 20);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        BatchWorld.Drive(policy, 20, 220);
        policy.Export();
        BatchWorld.Hashes(policy);
        policy.Version.ShouldBeGreaterThan(20);
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
