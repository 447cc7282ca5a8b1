using System.Runtime.InteropServices;
using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>Batches as a trainer would send them, the same for the same arguments; small enough that updates take milliseconds.</summary>
internal static class ScriptedBatches
{
    public const int Images = 6;
    public const int Classes = 10;
    public const int Patches = 4;

    // Updates at every fifth batch, adopted two later.
    private static PpoPolicy Ppo => new() { Rollout = 5, Minibatch = 3, Epochs = 2 };

    public static AgentSpec Published(bool frozen = false) => new()
    {
        RlMix = new() { Images = Images, Classes = Classes, Patches = Patches, Ppo = Ppo, UpdateLag = 2 },
        Seed = 3,
        Frozen = frozen,
    };

    public static AgentSpec Set(bool frozen = false, bool chooseMethod = false) => new()
    {
        RlMixSet = new() { Patches = Patches, Ppo = Ppo, UpdateLag = 2, ChooseMethod = chooseMethod },
        Seed = 3,
        Frozen = frozen,
    };

    public static BatchObservation Observation(long batch, int images = Images, int classes = Classes, int salt = 0)
    {
        var random = new Random(HashCode(batch, salt));
        var saliency = new float[images * Patches * Patches];
        for (var image = 0; image < images; image++)
        {
            var map = saliency.AsSpan(image * Patches * Patches, Patches * Patches);
            var sum = 0f;
            foreach (ref var share in map)
            {
                share = random.NextSingle();
                sum += share;
            }

            foreach (ref var share in map)
            {
                share /= sum;
            }
        }

        var partners = Enumerable.Range(0, images).ToArray();
        random.Shuffle(partners);
        return new()
        {
            Images = images,
            Classes = classes,
            Patches = Patches,
            Saliency = Packed(saliency),
            Logits = Packed(Numbers(images * classes, random, -4)),
            Losses = Packed(Numbers(images, random, 0)),
            Partners = { partners },
            Lambda = random.NextDouble(),
        };
    }

    public static BatchReward Reward(long batch, bool last = false, int count = 1, int salt = 0) => new()
    {
        Batch = batch,
        Rewards = Packed(Numbers(count, new Random(HashCode(batch, salt + 1)), -1)),
        Last = last,
    };

    /// <summary>The question for a batch, with the reward of the one before the last: it lags behind by one.</summary>
    public static SteerBatchesRequest Ask(StartRunResponse started, long batch, int images = Images, int epoch = 7, int count = 1)
    {
        var request = new SteerBatchesRequest
        {
            Run = started.Run.Name,
            LeaseToken = started.Lease.Token,
            Batch = batch,
            Observation = Observation(batch, images),
            Progress = Math.Min(1, batch / 100.0),
        };
        if (batch >= 2)
        {
            request.Rewards.Add(Reward(batch - 2, last: (batch - 2) % epoch == epoch - 1, count));
        }

        return request;
    }

    public static ByteString Packed(float[] numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes(numbers.AsSpan()));

    private static float[] Numbers(int count, Random random, float from) => [.. Enumerable.Range(0, count).Select(_ => from + (2 * random.NextSingle() * Math.Max(1, Math.Abs(from))))];

    private static int HashCode(long batch, int salt) => (int)((batch * 31) + (salt * 1009) + 17);
}
