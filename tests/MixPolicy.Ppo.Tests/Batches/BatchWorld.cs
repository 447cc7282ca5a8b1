using System.Security.Cryptography;
using MixPolicy.Ppo.Batches;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Batches;

/// <summary>Small policies, what they see, and a trainer that drives them: two runs by turns, rewards that are functions of what was decided.</summary>
internal static class BatchWorld
{
    public const int Images = 5;
    public const int Classes = 6;
    public const int Patches = 5;

    public static RlMixOptions Faithful { get; } = Options(new RlMixOptions { Images = Images, Classes = Classes });

    public static RlMixOptions Options(RlMixOptions published) =>
        published with { Patches = Patches, Rollout = 8, UpdateLag = 3, Ppo = published.Ppo with { MinibatchSize = 3, Epochs = 2 } };

    public static RlMixSetOptions Set { get; } = new()
    {
        Patches = Patches,
        Rollout = 8,
        UpdateLag = 3,
        Methods = ["x", "y", "z"],
        Ppo = new RlMixSetOptions().Ppo with { MinibatchSize = 3, Epochs = 2, Gamma = 0.5 },
    };

    /// <summary>Both, for what both promise.</summary>
    public static TheoryData<string> Kinds => new("rl_mix", "rl_mix_set");

    public static BatchPolicy Policy(string kind, ulong seed = 3, int? lag = null, int threads = 1, bool frozen = false) => kind == "rl_mix"
        ? new RlMixPolicy(Faithful with { UpdateLag = lag ?? 3, Threads = threads, Frozen = frozen }, seed)
        : new RlMixSetPolicy(Set with { UpdateLag = lag ?? 3, Threads = threads, Frozen = frozen }, seed);

    public static BatchObservation Observation(ulong seed, int images = Images, int classes = Classes, int patches = Patches)
    {
        var random = new RandomStream(seed);
        var saliency = new float[images * patches * patches];
        for (var image = 0; image < images; image++)
        {
            var ofImage = Enumerable.Range(0, patches * patches).Select(_ => random.Uniform()).ToArray();
            for (var i = 0; i < ofImage.Length; i++)
            {
                saliency[(image * ofImage.Length) + i] = (float)(ofImage[i] / ofImage.Sum());
            }
        }

        float[] logits = [.. Enumerable.Range(0, images * classes).Select(_ => (float)random.Gaussian())];
        float[] losses = [.. Enumerable.Range(0, images).Select(_ => (float)random.Uniform(0, 4))];
        int[] partners = [.. random.Permutation(images).Select(i => (int)i)];
        return new(images, classes, patches, saliency, logits, losses, partners, (float)random.Uniform());
    }

    /// <summary>Decides and rewards from one turn to another. A turn: run a or b decides, and the reward of its batch before comes first.</summary>
    public static List<BatchDraw> Drive(IBatchPolicy policy, int first, int end, List<BatchUpdate>? updates = null)
    {
        var draws = new List<BatchDraw>();
        for (var turn = first; turn < end; turn++)
        {
            var (run, batch) = (turn % 3 == 0 ? "b" : "a", (long)turn);
            var previous = Enumerable.Range(0, turn).Where(earlier => earlier % 3 == 0 == (turn % 3 == 0)).Select(earlier => (long?)earlier).LastOrDefault();
            if (previous is { } decided)
            {
                // Every number of a decision shows in its reward, so that decisions that differ once go on differing.
                var reward = (float)new RandomStream(SeedSequence.Derive("reward", run, decided)).Uniform();
                if (policy.Rewarded(run, decided, [reward], last: decided % 7 == 6, progress: turn / 1000.0) is { } update)
                {
                    updates?.Add(update);
                }
            }

            draws.Add(policy.Decide(run, batch, Observation((ulong)turn), SeedSequence.Derive("draw", turn)));
        }

        return draws;
    }

    /// <summary>The reward of a batch, and the one update that was adopted since the last, if there was one.</summary>
    public static BatchUpdate? Rewarded(this IBatchPolicy policy, string run, long batch, float[] rewards, bool last, double progress)
    {
        policy.Reward(run, batch, rewards, last, progress);
        return policy.TakeUpdates().SingleOrDefault();
    }

    public static void ShouldBeEqual(IReadOnlyList<BatchDraw> actual, IReadOnlyList<BatchDraw> expected)
    {
        actual.Count.ShouldBe(expected.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            actual[i].Bins.ShouldBe(expected[i].Bins);
            (actual[i].Method, actual[i].Version, actual[i].LogProbability, actual[i].Value)
                .ShouldBe((expected[i].Method, expected[i].Version, expected[i].LogProbability, expected[i].Value));
        }
    }

    /// <summary>Every file of a checkpoint, so that equality is of the whole state.</summary>
    public static string Hashes(IBatchPolicy policy)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-batch-").FullName;
        new CheckpointStore(folder, "batch-test", 1).Save(0, policy.Save);
        var hashes = string.Join("|", Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));
        Directory.Delete(folder, recursive: true);
        return hashes;
    }

    /// <summary>Through a checkpoint on the disk.</summary>
    public static void Copy(IBatchPolicy source, IBatchPolicy target)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-batch-").FullName;
        var store = new CheckpointStore(folder, "batch-test", 1);
        store.Save(0, source.Save);
        target.Load(store.LoadLatest(refusal => throw new InvalidOperationException(refusal.ToString()))!);
        Directory.Delete(folder, recursive: true);
    }
}
