using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Tests.Learning;

public sealed class LearnerRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-ppo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(float.NaN, "observation[2] is NaN")]
    [InlineData(float.PositiveInfinity, "finite")]
    public void Act_NotFinite_IsRefused(float number, string why)
    {
        using var learner = MixupLike.Learner();
        var observation = MixupLike.Observation(1);
        observation[2] = number;

        Should.Throw<ArgumentException>(() => learner.Act(observation, 0)).Message.ShouldContain(why);
    }

    [Fact]
    public void Learn_BadRollouts_AreRefusedAndChangeNothing()
    {
        using var learner = MixupLike.Learner();
        var rollout = MixupLike.Rollout(learner, 0);
        var (observation, good) = (MixupLike.Observation(5), rollout[0].Transitions[0]);
        var before = learner.Act(observation, 1).Value;

        Refuse([], "no segment");
        Refuse([new([], null)], "segment 0 has no transition");
        Refuse([rollout[0], Of(good with { Reward = float.NaN })], "segment 1: reward is NaN");
        Refuse([Of(good with { LogProb = float.NegativeInfinity })], "log_prob");
        Refuse([Of(good with { Value = float.NaN })], "value");
        Refuse([Of(good with { Observation = [1, 2] })], "observation has 2 numbers; needed are 6");
        Refuse([Of(good with { Action = [1] })], "action has 1 numbers; needed are 3");
        Refuse([Of(good with { Action = [4, 0, 0] })], "head method: action[0] is 4");
        Refuse([Of(good) with { NextObservation = [float.NaN, 0, 0, 0, 0, 0] }], "observation[0] is NaN");
        learner.Act(observation, 1).Value.ShouldBe(before);
        learner.Updates.ShouldBe(0);

        void Refuse(IReadOnlyList<Segment> bad, string why) => Should.Throw<ArgumentException>(() => learner.Learn(bad)).Message.ShouldContain(why);

        static Segment Of(Transition transition) => new([transition], null);
    }

    [Fact]
    public void Load_TornLatest_FallsBackToTheLastGoodOne()
    {
        using var learner = MixupLike.Learner();
        var store = new CheckpointStore(_folder, "ppo-test", 1);
        store.Save(1, learner.Save);
        var expected = learner.Act(MixupLike.Observation(1), 1).Value;
        learner.Learn(MixupLike.Rollout(learner, 0));
        store.Save(2, learner.Save);
        var weights = Directory.GetFiles(_folder, "learner.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using (var stream = File.OpenWrite(weights))
        {
            stream.SetLength(stream.Length / 2);
        }

        var refusals = new List<CheckpointRefusal>();
        learner.Load(new CheckpointStore(_folder, "ppo-test", 1).LoadLatest(refusals.Add)!);

        refusals.ShouldHaveSingleItem().ToString().ShouldContain("learner.safetensors");
        learner.Act(MixupLike.Observation(1), 1).Value.ShouldBe(expected);
        learner.Updates.ShouldBe(0);
    }

    [Fact]
    public void Load_OfAnotherLearner_IsRefusedAndChangesNothing()
    {
        using var learner = MixupLike.Learner();
        var expected = learner.Act(MixupLike.Observation(1), 1).Value;

        Refuse(new(ObservationSpace.Vector(7), MixupLike.Actions(), MixupLike.Options, 1), "vector(7); needed are vector(6)");
        Refuse(new(ObservationSpace.Vector(6), new Categorical(4), MixupLike.Options, 1), "categorical(4)");
        Refuse(new(ObservationSpace.Vector(6), MixupLike.Actions(), MixupLike.Options with { HiddenLayers = [32, 32] }, 1), "policy.0.weight is Float32 [32,6]; needed is Float32 [64,6]");
        Refuse(new(ObservationSpace.Vector(6), MixupLike.Actions(), MixupLike.Options with { NormalizeObservations = false }, 1), "NormalizeObservations was False when it was saved; here it is True");
        learner.Act(MixupLike.Observation(1), 1).Value.ShouldBe(expected);

        void Refuse(PpoLearner other, string why)
        {
            using (other)
            {
                var folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
                var store = new CheckpointStore(folder, "ppo-test", 1);
                store.Save(0, other.Save);
                Should.Throw<CheckpointException>(() => learner.Load(store.LoadLatest(_ => { })!)).Message.ShouldContain(why);
            }
        }
    }
}
