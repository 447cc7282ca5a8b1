using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Tests.Learning;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class PolicyFileTests
{
    public static TheoryData<string> Kinds => BatchWorld.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Import_WhatWasExported_DecidesTheSameAndExportsTheSame(string kind)
    {
        using var learned = BatchWorld.Policy(kind);
        BatchWorld.Drive(learned, 0, 50);
        using var other = BatchWorld.Policy(kind, seed: 9);
        BatchWorld.Drive(other, 0, 13);

        other.Import(learned.Export());

        other.Version.ShouldBe(learned.Version);
        other.Export().ShouldBe(learned.Export());
        PolicyFile.ReadHeader(learned.Export()).ShouldBe(new(learned.Kind, learned.Version));
        using var frozen = BatchWorld.Policy(kind, seed: 10, frozen: true);
        frozen.Import(learned.Export());
        BatchWorld.ShouldBeEqual([other.Decide("x", 0, BatchWorld.Observation(1), 1)], [frozen.Decide("x", 0, BatchWorld.Observation(1), 1)]);

        // It learns on.
        BatchWorld.Drive(other, 0, 30);
        other.Version.ShouldBeGreaterThan(learned.Version);
    }

    [Fact]
    public void Import_PpoLearner_ActsTheSame()
    {
        using var learned = MixupLike.Learner();
        for (var update = 0UL; update < 3; update++)
        {
            learned.Learn(MixupLike.Rollout(learned, update));
        }

        using var other = MixupLike.Learner(seed: 8);
        other.Learn(MixupLike.Rollout(other, 0));
        other.Import(learned.Export());

        var (expected, actual) = (learned.Act(MixupLike.Observation(1), 1), other.Act(MixupLike.Observation(1), 1));
        actual.Action.ShouldBe(expected.Action);
        (actual.LogProb, actual.Value, other.Updates).ShouldBe((expected.LogProb, expected.Value, 3));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Import_DamagedOrOfAnotherKind_IsRefusedAndChangesNothing(string kind)
    {
        using var policy = BatchWorld.Policy(kind);
        BatchWorld.Drive(policy, 0, 20);
        var (before, file) = (BatchWorld.Hashes(policy), policy.Export());
        using var ppo = MixupLike.Learner();
        using var other = new RlMixSetPolicy(new(), 1);

        Refuse([], "cut short");
        Refuse(file[..^1], "policy file");
        Refuse([.. file, 0], "policy file");
        Refuse([1, 2, 3, 4, 5, 6, 7, 8, 9], "policy file");
        Refuse(ppo.Export(), "its kind is ppo(observations=vector(6)");
        Refuse(other.Export(), "its kind is rl_mix_set(patches=8,bins=10,methods=); needed is " + policy.Kind);
        var notFinite = file.ToArray();
        notFinite.AsSpan(notFinite.Length - 4).Fill(0xff);
        Refuse(notFinite, "not finite");
        BatchWorld.Hashes(policy).ShouldBe(before);

        void Refuse(byte[] bad, string why) => Should.Throw<PolicyFileException>(() => policy.Import(bad)).Message.ShouldContain(why);
    }

    [Fact]
    public void Import_PpoOfOtherShapes_IsRefusedAndChangesNothing()
    {
        using var learner = MixupLike.Learner();
        var expected = learner.Act(MixupLike.Observation(1), 1).Value;
        using var other = new PpoLearner(ObservationSpace.Vector(6), new Categorical(4), MixupLike.Options, 1);
        using var wider = new PpoLearner(ObservationSpace.Vector(6), MixupLike.Actions(), MixupLike.Options with { HiddenLayers = [32, 32] }, 1);

        Should.Throw<PolicyFileException>(() => learner.Import(other.Export())).Message.ShouldContain("actions=categorical(4)");
        Should.Throw<PolicyFileException>(() => learner.Import(wider.Export())).Message.ShouldContain("hidden=32,32");
        learner.Act(MixupLike.Observation(1), 1).Value.ShouldBe(expected);
    }
}
