using System.Diagnostics;
using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Environments;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Do the batch policies learn? On <see cref="ThresholdProblem"/>, with known best thresholds: what a frozen copy earns on batches it never saw, after 20,000
/// image decisions. 1 is the optimum, the uniform policy stands beside it. RL-Mix gets what it gets in training: one reward a batch.
/// </summary>
internal static class BatchLearning
{
    private const int Classes = 10;
    private const int Patches = 8;
    private const int Bins = 10;
    private const int Decisions = 20_000;

    // The defaults of rl_mix_set were chosen on 1 to 3.
    private static readonly ulong[] Seeds = [11, 12, 13];

    public static IEnumerable<Measurement> Run()
    {
        foreach (var images in new[] { 20, 100 })
        {
            yield return Uniform(images);
            foreach (var seed in Seeds)
            {
                var options = new RlMixSetOptions();
                yield return Learned("rl_mix_set", images, seed, new RlMixSetPolicy(options, seed), new RlMixSetPolicy(options with { Frozen = true }, seed), ofImages: true);
            }

            foreach (var seed in Seeds)
            {
                var options = new RlMixOptions { Images = images, Classes = Classes, UpdateLag = 0 };
                yield return Learned("rl_mix", images, seed, new RlMixPolicy(options, seed), new RlMixPolicy(options with { Frozen = true }, seed), ofImages: false);
            }
        }
    }

    private static Measurement Learned(string name, int images, ulong seed, IBatchPolicy policy, IBatchPolicy frozen, bool ofImages)
    {
        using var learning = policy;
        using var judged = frozen;
        var start = Stopwatch.GetTimestamp();
        var problem = new ThresholdProblem(images, Classes, Patches, Bins, new(SeedSequence.Derive("training", seed)));
        var batches = Decisions / images;
        for (var batch = 0; batch < batches; batch++)
        {
            var (observation, best) = problem.Next();
            var rewards = problem.Rewards(policy.Decide("run", batch, observation, SeedSequence.Derive("draw", seed, batch)).Bins, best);
            policy.Reward("run", batch, ofImages ? rewards : [rewards.Average()], last: false, (double)batch / batches);
        }

        frozen.Import(policy.Export());
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(
            $"batch-learning/{name}/{images}-images/seed-{seed}",
            Runs: batches,
            Value: Judge(images, (batch, observation) => frozen.Decide("run", batch, observation, SeedSequence.Derive("judge", batch)).Bins),
            Note: FormattableString.Invariant($"mean reward of {Decisions} image decisions' learning, {policy.Version} updates, {seconds:F1} s"));
    }

    private static Measurement Uniform(int images)
    {
        var random = new RandomStream(7);
        return new($"batch-learning/uniform/{images}-images", Value: Judge(images, (_, observation) => [.. Enumerable.Range(0, observation.Images).Select(_ => (byte)random.Below(Bins))]));
    }

    /// <summary>The mean expected reward over 5,000 images.</summary>
    private static double Judge(int images, Func<int, BatchObservation, byte[]> decide)
    {
        var problem = new ThresholdProblem(images, Classes, Patches, Bins, new(99));
        var batches = 5000 / images;
        return Enumerable.Range(0, batches).Average(batch =>
        {
            var (observation, best) = problem.Next();
            return decide(batch, observation).Zip(best, problem.Expected).Average();
        });
    }
}
