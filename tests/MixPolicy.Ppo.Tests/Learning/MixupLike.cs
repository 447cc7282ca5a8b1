using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Observations;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Learning;

/// <summary>A learner as the agent service has it: a method, and two numbers that only some methods use; rollouts of 8 from interleaved runs.</summary>
internal static class MixupLike
{
    public const int ObservationSize = 6;

    public static Hybrid Actions() => new(
        new Head("method", new Categorical(4)),
        new Head("lambda", new BoundedBeta(MathF.Log(0.1f), MathF.Log(4)), new Gate("method", 1, 2, 3)),
        new Head("threshold", new BoundedBeta(0, 0.99f), new Gate("method", 3)));

    public static PpoOptions Options { get; } = new() { MinibatchSize = 8, Gamma = 0.9, GaeLambda = 0.9, NormalizeObservations = true, EntropyCoefficient = 0.01 };

    public static PpoLearner Learner(ulong seed = 3) => new(ObservationSpace.Vector(ObservationSize), Actions(), Options, seed);

    public static float[] Observation(ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, ObservationSize).Select(_ => (float)random.Gaussian())];
    }

    /// <summary>The rollout that the learner makes itself, update number <paramref name="update"/>: two runs, one cut, one ended.</summary>
    public static IReadOnlyList<Segment> Rollout(PpoLearner learner, ulong update)
    {
        return [Run(0, 5, Observation(SeedSequence.Derive(update, "next"))), Run(1, 3, null)];

        Segment Run(ulong run, int steps, float[]? next) => new([.. Enumerable.Range(0, steps).Select(step =>
        {
            var seed = SeedSequence.Derive(update, run, step);
            var observation = Observation(seed);

            // Another stream than the observation's: a draw that depends on what it answers is a biased one.
            var decision = learner.Act(observation, SeedSequence.Derive(seed, "action"));
            return new Transition(observation, decision.Action, decision.LogProb, decision.Value, decision.Action[0] == 3 ? 1 : -1);
        })], next);
    }
}
