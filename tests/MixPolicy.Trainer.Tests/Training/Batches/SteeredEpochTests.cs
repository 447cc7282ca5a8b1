using MixPolicy.Mixup;
using MixPolicy.Testing;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Training;
using MixPolicy.Trainer.Training.Batches;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Training.Batches;

public sealed class SteeredEpochTests : IDisposable
{
    // 81 are trained on: four batches of 20, and one left-over image.
    private static readonly Dataset Data = ShapesDataset.Generate(seed: 1, trainImages: 90, testImages: 20);
    private static readonly TrainingRecipe Recipe = new() { Model = "preactresnet18-w4", Epochs = 2, BatchSize = 20, Seed = 11 };

    private readonly ModelThread _thread = new("test", intraOpThreads: 1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainEpoch_WhereNobodyAnswers_IsRMix(bool pipelined)
    {
        var plain = await TrainAsync("plain", null);
        var alone = await TrainAsync("alone", new ScriptedSteering((_, _) => null) { Pipelined = pipelined });

        var tally = alone.Batches.ShouldNotBeNull();
        tally.Rewards.ShouldBe([null, null, null, null]);
        tally.ShouldBe(new BatchTally(0, 4, 0, null, tally.Percentile, null, tally.SecondsWait) { Rewards = tally.Rewards });
        if (!pipelined)
        {
            // A pipelined epoch masks by saliency that is one step old.
            alone.TrainLoss.ShouldBe(plain.TrainLoss);
            Weights("alone").ShouldBe(Weights("plain"));
        }
    }

    [Theory]
    [InlineData(BatchRewardKind.Saliency)]
    [InlineData(BatchRewardKind.ProbeGradient)]
    [InlineData(BatchRewardKind.ProbeLoss)]
    public async Task TrainEpoch_Decided_RewardsEveryBatch(BatchRewardKind kind)
    {
        var steering = new ScriptedSteering(Half) { Reward = kind };
        var result = await TrainAsync("decided", steering);

        result.Batches!.ShouldSatisfyAllConditions(b => b.Decided.ShouldBe(4), b => b.Published.ShouldBe(0), b => b.Unasked.ShouldBe(0), b => b.PolicyVersion.ShouldBe(3), b => b.Percentile.ShouldBe(0.5, 1e-6));
        steering.Rewards.Count.ShouldBe(4);
        steering.Rewards.ShouldAllBe(r => r.Length == (kind == BatchRewardKind.ProbeGradient ? 20 : 1) && r.All(float.IsFinite));
        steering.Rewards.SelectMany(r => r).Distinct().Count().ShouldBeGreaterThan(3);
        result.Batches!.Reward!.Value.ShouldBe(steering.Rewards.Average(r => r.Average(x => (double)x)), 1e-9);
        result.Batches!.Rewards.ShouldBe(steering.Rewards.Select(r => (float?)r.Average()));
        steering.Progress.ShouldBe([0, 0.125, 0.25, 0.375], 1e-12);
        result.GradientSimilarity.HasValue.ShouldBe(kind == BatchRewardKind.Saliency);
    }

    [Theory]
    [InlineData(BatchRewardKind.ProbeGradient)]
    [InlineData(BatchRewardKind.ProbeLoss)]
    public async Task TrainEpoch_WithOtherHeldOutImages_EarnsOtherwiseAndTrainsTheSame(BatchRewardKind kind)
    {
        var (one, other) = (new ScriptedSteering(Half) { Reward = kind }, new ScriptedSteering(Half) { Reward = kind });
        await TrainAsync("one", one);
        await TrainAsync("other", other, data: Data with { Train = Inverted(HoldOut.Split(Data.Train, Recipe.HoldOutFraction, Recipe.Seed).HeldOut) });

        Weights("other").ShouldBe(Weights("one"), "no held-out image is trained on, and no probe changes a weight or a running statistic");
        other.Rewards.Zip(one.Rewards).ShouldAllBe(pair => !pair.First.SequenceEqual(pair.Second), "every probe is of held-out images");
    }

    [Theory]
    [InlineData(BatchRewardKind.ProbeGradient)]
    [InlineData(BatchRewardKind.ProbeLoss)]
    public async Task TrainEpoch_WhateverIsMeasuredForTheReward_TrainsTheSame(BatchRewardKind kind)
    {
        await TrainAsync("measured", new ScriptedSteering(Half) { Reward = kind });
        await TrainAsync("unmeasured", new ScriptedSteering(Half) { Reward = BatchRewardKind.Saliency });

        Weights("measured").ShouldBe(Weights("unmeasured"));
    }

    [Theory]
    [InlineData(BatchRewardKind.Saliency)]
    [InlineData(BatchRewardKind.ProbeGradient)]
    [InlineData(BatchRewardKind.ProbeLoss)]
    public async Task Step_WithAReward_TrainsAsOneWithout(BatchRewardKind kind)
    {
        var parts = HoldOut.Split(Data.Train, Recipe.HoldOutFraction, Recipe.Seed);
        var without = await StepsAsync((_, _) => new NoReward());
        var with = await StepsAsync((network, steering) => kind switch
        {
            BatchRewardKind.Saliency => new SaliencyReward(steering.Patches),
            BatchRewardKind.ProbeGradient => new ProbeGradientReward(new(network, new(parts.HeldOut, Data.Normalisation, CPU), Recipe.BatchSize, epoch: 1)),
            _ => new ProbeLossReward(new(network, new(parts.HeldOut, Data.Normalisation, CPU), Recipe.BatchSize, epoch: 1)),
        });

        with.ShouldBe(without, "all weights and running statistics");

        Task<float[]> StepsAsync(Func<nn.Module<Tensor, Tensor>, IBatchSteering, IBatchReward> rewardOf) => _thread.RunAsync(
            () =>
            {
                using var scope = NewDisposeScope();
                using var network = ClassifierNetworks.Create(Recipe.Model, Data.Classes.Count, new Generator(4));
                using var optimizer = new Sgd(network.named_parameters(), weightDecay: 1e-4);
                using var draws = new Generator(6);
                var loader = new BatchLoader(parts.Train, Data.Normalisation, CPU);
                var plan = EpochPlan.Training(parts.Train.Count, Recipe.BatchSize, Recipe.Seed, epoch: 1);
                var choice = Choice(new ScriptedSteering(Half));
                var source = new BatchSource(plan.Batches, Load, clean => ThresholdDraws.Draw(clean.Size, clean.Height, clean.Width, choice.Parameters, draws), _ => 0);
                using var steered = new SteeredEpoch(
                    network, optimizer, source, choice, rewardOf(network, choice.Steering!), new(TimeProvider.System), TimeProvider.System, CancellationToken.None);
                for (var batch = 0; batch < plan.Batches; batch++)
                {
                    steered.Step(batch, new(0.05, 0.9));
                }

                return network.state_dict().OrderBy(part => part.Key, StringComparer.Ordinal).SelectMany(part => part.Value.to(float32).data<float>().ToArray()).ToArray();

                MixupBatch Load(int batch)
                {
                    var (images, labels) = loader.Load(plan, batch);
                    return new(images, nn.functional.one_hot(labels, Data.Classes.Count).to(float32)) { Scale = Data.Normalisation.Scale };
                }
            },
            TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task TrainEpoch_Pipelined_AsksOneStepAhead(bool pipelined, int ahead)
    {
        var steering = new ScriptedSteering(Half) { Pipelined = pipelined };
        await TrainAsync("pipe", steering);

        steering.AskedBefore.ShouldBe(Enumerable.Range(0, 4).Select(t => Math.Min(4, t + ahead)));
        var other = new ScriptedSteering(Half) { Pipelined = !pipelined };
        await TrainAsync("other", other);

        // The first view is the same; the second is taken before the first step in a pipeline, and after it otherwise.
        other.Views[0].Logits.ShouldBe(steering.Views[0].Logits);
        other.Views[1].Logits.ShouldNotBe(steering.Views[1].Logits);
        other.Views.Zip(steering.Views).ShouldAllBe(pair => pair.First.Lambda == pair.Second.Lambda && pair.First.Partners.SequenceEqual(pair.Second.Partners));
    }

    [Fact]
    public async Task TrainEpoch_WithASmallerLastBatch_DoesNotAskABoundPolicyForIt()
    {
        var steering = new ScriptedSteering(Half) { Bound = 30 };
        var result = await TrainAsync("odd", steering, Recipe with { BatchSize = 30 });

        result.Batches!.ShouldSatisfyAllConditions(b => b.Decided.ShouldBe(2), b => b.Unasked.ShouldBe(1), b => b.Published.ShouldBe(0));
        result.Batches!.Rewards.Select(reward => reward is null).ShouldBe([false, false, true]);
        steering.Views.ShouldAllBe(view => view.Images == 30);
        result.Images.ShouldBe(80);
    }

    [Fact]
    public async Task TrainEpoch_ShowsWhatTheBatchLooksLike()
    {
        var steering = new ScriptedSteering(Half);
        await TrainAsync("view", steering);

        foreach (var view in steering.Views)
        {
            view.Saliency.Length.ShouldBe(20 * 64);
            view.Saliency.Chunk(64).ShouldAllBe(map => Math.Abs(map.Sum() - 1) < 1e-4 && map.All(s => s >= 0));
            view.Logits.Length.ShouldBe(20 * view.Classes);
            view.Partners.Order().ShouldBe(Enumerable.Range(0, 20).Select(i => (long)i));
            for (var b = 0; b < 20; b++)
            {
                // The loss is that of one of the classes.
                var logits = view.Logits.AsSpan(b * view.Classes, view.Classes).ToArray();
                var total = Math.Log(logits.Sum(l => Math.Exp(l)));
                logits.Min(l => Math.Abs(total - l - view.Losses[b])).ShouldBeLessThan(1e-4);
            }
        }
    }

    [Fact]
    public async Task TrainEpoch_AgainAndAgain_LeavesNoTensorBehind()
    {
        var kinds = Enum.GetValues<BatchRewardKind>();
        var counts = await _thread.RunAsync(() =>
        {
            using var session = new ClassifierSession(Recipe with { Epochs = 9 }, Data, CPU, TimeProvider.System);
            return Enumerable.Range(1, 9).Select(epoch =>
            {
                session.TrainEpoch(epoch, Choice(new ScriptedSteering(Half) { Reward = kinds[epoch % 3], Pipelined = epoch % 2 == 0 }), false, null, CancellationToken.None);
                return Tensor.TotalCount;
            }).ToArray();
        }, TestContext.Current.CancellationToken);

        counts[^1].ShouldBeLessThanOrEqualTo(counts[2]);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _folder.Dispose();
    }

    private static float[] Half(int batch, BatchView view) => [.. Enumerable.Repeat(0.5f, view.Images)];

    private static MixChoice Choice(IBatchSteering? steering) => new(MixupMethods.RMix, new()) { Steering = steering };

    /// <summary>The training set with some of its images inverted.</summary>
    private static ImageSet Inverted(ImageSet some)
    {
        var all = Data.Train;
        var pixels = Enumerable.Range(0, all.Count).SelectMany(i => all.Pixels(i).ToArray()).ToArray();
        for (var i = 0; i < all.Count; i++)
        {
            var image = pixels.AsSpan(i * all.ImageBytes, all.ImageBytes);
            if (Enumerable.Range(0, some.Count).Any(k => some.Pixels(k).SequenceEqual(all.Pixels(i))))
            {
                foreach (ref var pixel in image)
                {
                    pixel = (byte)(byte.MaxValue - pixel);
                }
            }
        }

        return new(pixels, [.. Enumerable.Range(0, all.Count).Select(all.Label)], all.Side);
    }

    private Task<EpochResult> TrainAsync(string name, IBatchSteering? steering, TrainingRecipe? recipe = null, Dataset? data = null) => _thread.RunAsync(() =>
    {
        using var session = new ClassifierSession(recipe ?? Recipe, data ?? Data, CPU, TimeProvider.System);
        var result = session.TrainEpoch(1, Choice(steering), false, null, CancellationToken.None);
        new CheckpointStore(_folder[name], "classifier", schemaVersion: 1).Save(1, session.Save);
        return result;
    }, TestContext.Current.CancellationToken);

    private byte[] Weights(string store) => File.ReadAllBytes(Path.Combine(Directory.GetDirectories(_folder[store], "step-*").Single(), "network.safetensors"));

    /// <summary>Asks the step for nothing and looks at nothing.</summary>
    private sealed class NoReward : IBatchReward
    {
        public StepLook Before(int batch) => new();

        public float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look) => [0];
    }
}
