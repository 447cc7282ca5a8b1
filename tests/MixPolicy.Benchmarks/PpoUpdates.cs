using MixPolicy.Ppo.Batches;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Benchmarks;

/// <summary>
/// What the batch policies cost: one decision for a batch of 100 images, 100 classes and 8 × 8 patches, and one update in the published setting of RL-Mix
/// (1000 batches, minibatch 250, 10 epochs: 40 gradient steps) and in that of the set policy. Stable-Baselines3 needs 18 ms for a decision of
/// RL-Mix's network and 15.7 s for its update on a machine of this kind, with 2 threads.
/// </summary>
internal static class PpoUpdates
{
    private const int Images = 100;
    private const int Classes = 100;
    private const int Patches = 8;

    public static IEnumerable<Measurement> Run()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            using var faithful = new RlMixPolicy(new() { UpdateLag = 0, Threads = threads }, seed: 1);
            foreach (var measurement in Measure($"rl_mix/{threads}-threads", faithful, rollout: 1000, rewards: 1, updates: 3))
            {
                yield return measurement;
            }
        }

        using var set = new RlMixSetPolicy(new() { UpdateLag = 0 }, seed: 1);
        foreach (var measurement in Measure("rl_mix_set", set, rollout: 16, rewards: Images, updates: 30))
        {
            yield return measurement;
        }
    }

    /// <summary>With lag 0 the decision that is due an update waits for it: that one is the update, the others are decisions.</summary>
    private static IEnumerable<Measurement> Measure(string name, IBatchPolicy policy, int rollout, int rewards, int updates)
    {
        var random = new RandomStream(5);
        var observations = Enumerable.Range(0, 16).Select(_ => Observation(random)).ToArray();
        var (decisions, ofUpdates) = (new List<double>(), new List<double>());
        for (var batch = 0L; ofUpdates.Count < updates; batch++)
        {
            var version = policy.Version;
            var decide = Measurement.Time("", () => policy.Decide("run", batch, observations[batch % 16], (ulong)batch), runs: 1, warmUp: 0);
            (policy.Version > version ? ofUpdates : decisions).Add(decide.MedianMs!.Value);
            policy.Reward("run", batch, [.. Enumerable.Range(0, rewards).Select(_ => (float)random.Uniform())], last: batch % 500 == 499, progress: 0.5);
        }

        yield return Measurement.FromSamples($"ppo-update/{name}/decision", [.. decisions.Skip(rollout / 10)]);
        yield return Measurement.FromSamples($"ppo-update/{name}/update", [.. ofUpdates]) with { Note = $"of {rollout} batches, the decision after it included" };
    }

    private static BatchObservation Observation(RandomStream random)
    {
        var saliency = new float[Images * Patches * Patches];
        for (var image = 0; image < Images; image++)
        {
            var ofImage = saliency.AsSpan(image * Patches * Patches, Patches * Patches);
            foreach (ref var x in ofImage)
            {
                x = (float)random.Uniform();
            }

            var sum = ofImage.ToArray().Sum();
            foreach (ref var x in ofImage)
            {
                x /= sum;
            }
        }

        float[] logits = [.. Enumerable.Range(0, Images * Classes).Select(_ => (float)random.Gaussian())];
        float[] losses = [.. Enumerable.Range(0, Images).Select(_ => (float)random.Uniform(0, 5))];
        int[] partners = [.. random.Permutation(Images).Select(i => (int)i)];
        return new(Images, Classes, Patches, saliency, logits, losses, partners, 0.4f);
    }
}
