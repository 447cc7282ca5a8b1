using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Tests.Learning;

public sealed class PpoLearnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-ppo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Act_SameStateObservationAndSeed_GivesTheSameBits()
    {
        using var learner = MixupLike.Learner();
        var observation = MixupLike.Observation(1);

        var first = learner.Act(observation, 42);
        learner.Act(MixupLike.Observation(2), 43);
        var again = learner.Act(observation, 42);

        again.Action.ShouldBe(first.Action);
        (again.LogProb, again.Value).ShouldBe((first.LogProb, first.Value));
        learner.Value(observation).ShouldBe(first.Value);
    }

    [Fact]
    public void Act_AnotherSeed_DrawsAnotherAction()
    {
        using var learner = MixupLike.Learner();
        var observation = MixupLike.Observation(1);

        Enumerable.Range(0, 50).Select(seed => learner.Act(observation, (ulong)seed).Action[0]).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void Act_Untrained_IsNearlyUniformOverMethods()
    {
        using var learner = MixupLike.Learner();

        var method = learner.Act(MixupLike.Observation(1), 0).Heads[0];

        method.Parameters.ShouldAllBe(probability => probability > 0.22 && probability < 0.28);
        method.Parameters.Sum().ShouldBe(1, 1e-5);
    }

    [Fact]
    public void Learn_AHybridOfInterleavedRuns_PrefersTheRewardedMethod()
    {
        using var learner = MixupLike.Learner();

        for (var update = 0UL; update < 60; update++)
        {
            learner.Learn(MixupLike.Rollout(learner, update));
        }

        learner.Act(MixupLike.Observation(1), 0).Heads[0].Parameters[3].ShouldBeGreaterThan(0.6f);
        (learner.Updates, learner.Samples).ShouldBe((60, 480));
    }

    [Fact]
    public void Learn_FirstStepOfAnUpdate_SeesRatioOne()
    {
        using var learner = new PpoLearner(
            ObservationSpace.Vector(MixupLike.ObservationSize), MixupLike.Actions(), MixupLike.Options with { Epochs = 1 }, seed: 3);

        for (var update = 0UL; update < 3; update++)
        {
            var diagnostics = learner.Learn(MixupLike.Rollout(learner, update));

            // The plain code that acts and the tensor code that learns agree, also once observations are normalised.
            diagnostics[Diagnostics.ApproximateKl].ShouldBe(0, 1e-6);
            diagnostics[Diagnostics.ClipFraction].ShouldBe(0);
            diagnostics[Diagnostics.GradientSteps].ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Learn_OneTransition_AimsTheValueAtRewardAndWhatFollows(bool isCut)
    {
        using var learner = new PpoLearner(
            ObservationSpace.Vector(MixupLike.ObservationSize), MixupLike.Actions(), MixupLike.Options with { Epochs = 1 }, seed: 3);
        var (observation, next) = (MixupLike.Observation(1), MixupLike.Observation(2));
        var decision = learner.Act(observation, 1);

        // One step: A = δ = r + γ V(s') − V(s), so the value's target is r + γ V(s'), where V(s') counts only if the episode was cut.
        var target = 2 + (isCut ? 0.9 * learner.Value(next) : 0);
        var diagnostics = learner.Learn([new([new(observation, decision.Action, decision.LogProb, decision.Value, 2)], isCut ? next : null)]);

        diagnostics[Diagnostics.ValueLoss].ShouldBe((target - decision.Value) * (target - decision.Value), 1e-5);
    }

    [Fact]
    public void Load_ThenContinue_IsBitEqualToNotHavingStopped()
    {
        using var uninterrupted = MixupLike.Learner();
        var store = new CheckpointStore(_folder, "ppo-test", schemaVersion: 1);
        for (var update = 0UL; update < 6; update++)
        {
            if (update == 3)
            {
                store.Save(3, uninterrupted.Save);
            }

            uninterrupted.Learn(MixupLike.Rollout(uninterrupted, update));
        }

        // Another seed, so that nothing but the checkpoint can make them equal.
        using var resumed = MixupLike.Learner(seed: 4);
        resumed.Load(store.LoadLatest(refusal => throw new InvalidOperationException(refusal.ToString()))!);
        for (var update = 3UL; update < 6; update++)
        {
            resumed.Learn(MixupLike.Rollout(resumed, update));
        }

        var (expected, actual) = (uninterrupted.Act(MixupLike.Observation(9), 9), resumed.Act(MixupLike.Observation(9), 9));
        actual.Action.ShouldBe(expected.Action);
        (actual.LogProb, actual.Value).ShouldBe((expected.LogProb, expected.Value));
        Bytes(resumed).ShouldBe(Bytes(uninterrupted));
    }

    /// <summary>Every file of a checkpoint, so that equality is of the whole state.</summary>
    private static string Bytes(PpoLearner learner)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-ppo-").FullName;
        new CheckpointStore(folder, "ppo-test", 1).Save(0, learner.Save);
        var bytes = string.Join("|", Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));
        Directory.Delete(folder, recursive: true);
        return bytes;
    }
}
