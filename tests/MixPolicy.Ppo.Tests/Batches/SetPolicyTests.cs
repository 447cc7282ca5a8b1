using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class SetPolicyTests
{
    /// <summary>
    /// The joint log-probability of the choice "everything bin k" says what each order of the images makes of it; with one image's bin raised it says so
    /// of that image: both must follow the images.
    /// </summary>
    [Fact]
    public void Decide_ImagesInAnotherOrder_GetTheSameProbabilities()
    {
        using var policy = Learned(images: 7);
        var observation = BatchWorld.Observation(5, images: 7);
        var order = new RandomStream(3).Permutation(7).Select(i => (int)i).ToArray();
        var permuted = Permuted(observation, order);

        var (before, after) = (Probabilities(policy, observation), Probabilities(policy, permuted));

        for (var image = 0; image < 7; image++)
        {
            for (var bin = 0; bin < 10; bin++)
            {
                after[image][bin].ShouldBe(before[order[image]][bin], 0.03);
            }
        }

        // They differ between images, so that the comparison says something.
        before.Select(bins => Math.Round(bins.Max(), 2)).Distinct().Count().ShouldBeGreaterThan(2);
        policy.Decide("x", 100, permuted, 1).Value.ShouldBe(policy.Decide("y", 100, observation, 1).Value, 1e-5f);
    }

    [Fact]
    public void Decide_SizesChangeMidRun_GoesOnLearning()
    {
        using var policy = new RlMixSetPolicy(BatchWorld.Set with { UpdateLag = 1 }, seed: 1);
        for (var batch = 0; batch < 40; batch++)
        {
            var (images, classes) = (1 + (batch * 7 % 13), batch % 2 == 0 ? 10 : 100);
            var draw = policy.Decide("run", batch, BatchWorld.Observation((ulong)batch, images, classes), (ulong)batch);
            draw.Bins.Length.ShouldBe(images);
            draw.Method.ShouldNotBeNull().ShouldBeInRange(0, 2);
            policy.Reward("run", batch, batch % 3 == 0 ? [0.5f] : [.. Enumerable.Range(0, images).Select(i => i / 10f)], last: batch % 9 == 8, progress: 0);
        }

        policy.Version.ShouldBe(4);
    }

    [Fact]
    public void Import_LearnedWith10Classes_DecidesAsWellWith100()
    {
        using var learned = Trained(out _);
        using var other = new RlMixSetPolicy(new() { Frozen = true }, seed: 77);

        other.Import(learned.Export());

        var before = Judge(new RlMixSetPolicy(new() { Frozen = true }, seed: 77), classes: 100);
        Judge(other, classes: 100).ShouldBeGreaterThan(before + 0.2);
    }

    /// <summary>The short version of the benchmark batch-learning: 8,000 image decisions. Uniform is 0.65, and what was measured 0.95.</summary>
    [Fact]
    public void Reward_OfImages_TeachesTheBestThresholds()
    {
        using var policy = Trained(out var last);

        last.ShouldBeGreaterThan(0.9);
        policy.Version.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Reward_OfTheMethod_TeachesTheBestMethod()
    {
        using var policy = new RlMixSetPolicy(new() { Patches = BatchWorld.Patches, Methods = ["x", "y", "z"], UpdateLag = 0 }, seed: 1);
        var chosen = new List<int>();
        for (var batch = 0; batch < 600; batch++)
        {
            var draw = policy.Decide("run", batch, BatchWorld.Observation((ulong)batch), SeedSequence.Derive("draw", batch));
            policy.Reward("run", batch, [draw.Method == 2 ? 1 : 0], last: false, progress: 0);
            chosen.Add(draw.Method!.Value);
        }

        chosen.TakeLast(100).Count(method => method == 2).ShouldBeGreaterThan(80);
    }

    [Fact]
    public void Reward_FirstStepOfAnUpdate_SeesRatioOne()
    {
        using var policy = new RlMixSetPolicy(BatchWorld.Set with { UpdateLag = 0, Ppo = BatchWorld.Set.Ppo with { Epochs = 1, MinibatchSize = 8 } }, seed: 2);
        var updates = new List<BatchUpdate>();

        // One run after another: an update with lag 0 replaces the policy that drew what is open of another run.
        for (var batch = 0; batch < 30; batch++)
        {
            policy.Decide("run", batch, BatchWorld.Observation((ulong)batch, images: 1 + (batch % 4)), (ulong)batch);
            if (policy.Reward("run", batch, [batch % 5], last: false, progress: 0) is { } update)
            {
                updates.Add(update);
            }
        }

        updates.Count.ShouldBe(3);
        updates.ShouldAllBe(update => Math.Abs(update.Diagnostics[Diagnostics.ApproximateKl]) < 1e-6 && update.Diagnostics[Diagnostics.ClipFraction] == 0);
    }

    private static RlMixSetPolicy Trained(out double last)
    {
        var policy = new RlMixSetPolicy(new() { UpdateLag = 1 }, seed: 1);
        var problem = new ThresholdProblem(images: 20, classes: 10, patches: 8, bins: 10, new(5));
        last = 0;
        for (var batch = 0; batch < 400; batch++)
        {
            var (observation, best) = problem.Next();
            var bins = policy.Decide("run", batch, observation, SeedSequence.Derive("draw", batch)).Bins;
            policy.Reward("run", batch, problem.Rewards(bins, best), last: false, progress: 0);
            last += batch >= 350 ? bins.Zip(best, problem.Expected).Average() / 50 : 0;
        }

        return policy;
    }

    private static double Judge(RlMixSetPolicy policy, int classes)
    {
        var problem = new ThresholdProblem(images: 20, classes, patches: 8, bins: 10, new(6));
        return Enumerable.Range(0, 30).Average(batch =>
        {
            var (observation, best) = problem.Next();
            return policy.Decide("judge", batch, observation, SeedSequence.Derive("judge", batch)).Bins.Zip(best, problem.Expected).Average();
        });
    }

    /// <summary>A policy that has come to tell images apart.</summary>
    private static RlMixSetPolicy Learned(int images)
    {
        var options = BatchWorld.Set with { Methods = [], UpdateLag = 0, Ppo = BatchWorld.Set.Ppo with { Epochs = 10, Gamma = 0, LearningRate = new(0.01, 0) } };
        using var learning = new RlMixSetPolicy(options, seed: 1);
        var problem = new ThresholdProblem(images, BatchWorld.Classes, BatchWorld.Patches, bins: 10, new(5));
        for (var batch = 0; batch < 100; batch++)
        {
            var (observation, best) = problem.Next();
            learning.Reward("run", batch, problem.Rewards(learning.Decide("run", batch, observation, SeedSequence.Derive("draw", batch)).Bins, best), last: false, progress: 0);
        }

        var policy = new RlMixSetPolicy(options with { Frozen = true }, seed: 2);
        policy.Import(learning.Export());
        return policy;
    }

    /// <summary>Relative frequencies over many draws.</summary>
    private static double[][] Probabilities(RlMixSetPolicy policy, BatchObservation observation)
    {
        const int Draws = 4000;
        var counts = Enumerable.Range(0, observation.Images).Select(_ => new double[10]).ToArray();
        for (var draw = 0; draw < Draws; draw++)
        {
            var bins = policy.Decide("p", draw, observation, SeedSequence.Derive(observation.Logits[0].GetHashCode(), draw)).Bins;
            for (var image = 0; image < bins.Length; image++)
            {
                counts[image][bins[image]] += 1.0 / Draws;
            }
        }

        return counts;
    }

    private static BatchObservation Permuted(BatchObservation observation, int[] order)
    {
        var inverse = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return observation with
        {
            Saliency = Rows(observation.Saliency),
            Logits = Rows(observation.Logits),
            Losses = Rows(observation.Losses!),
            Partners = [.. order.Select(image => inverse[observation.Partners![image]])],
        };

        float[] Rows(float[] numbers)
        {
            var size = numbers.Length / order.Length;
            return [.. order.SelectMany(image => numbers.Skip(image * size).Take(size))];
        }
    }
}
