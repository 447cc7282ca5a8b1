using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Networks;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class SetPolicyTests
{
    /// <summary>Weights of every size, so that images differ. Only the order in which the mean is summed may show.</summary>
    [Fact]
    public void Infer_ImagesInAnotherOrder_GivesTheSameLogitsInThatOrder()
    {
        const int Count = 7;
        const int Bins = 10;
        const int Methods = 3;
        var random = new RandomStream(3);
        var shape = new SetShape(BatchWorld.Patches, Bins, Methods);
        using var network = new SetNetwork(shape, random);
        var actor = new SetActor(shape, [.. network.Parameters.ToArray().Select(_ => (float)(0.2 * random.Gaussian()))]);
        var observation = BatchWorld.Observation(5, images: Count);
        var order = random.Permutation(Count).Select(i => (int)i).ToArray();

        var (before, value) = Infer(observation);
        var (after, permutedValue) = Infer(Permuted(observation, order));

        for (var image = 0; image < Count; image++)
        {
            for (var bin = 0; bin < Bins; bin++)
            {
                after[(image * Bins) + bin].ShouldBe(before[(order[image] * Bins) + bin], 1e-5f);
            }
        }

        for (var method = 0; method < Methods; method++)
        {
            after[(Count * Bins) + method].ShouldBe(before[(Count * Bins) + method], 1e-5f);
        }

        permutedValue.ShouldBe(value, 1e-5f);

        // They differ between images, so that the comparison says something.
        before.Take(Count * Bins).Where((_, i) => i % Bins == 0).Select(logit => Math.Round(logit, 3)).Distinct().Count().ShouldBe(Count);

        (float[] Logits, float Value) Infer(BatchObservation seen)
        {
            var logits = new float[(Count * Bins) + Methods];
            var seenValue = actor.Infer(SetEncoding.Encode(seen, shape), logits);
            return (logits, seenValue);
        }
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
            if (policy.Rewarded("run", batch, [batch % 5], last: false, progress: 0) is { } update)
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
