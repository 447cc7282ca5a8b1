using MixPolicy.Mixup;
using MixPolicy.Testing;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Training;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Training;

public sealed class ClassifierSessionTests : IDisposable
{
    private static readonly Dataset Data = ShapesDataset.Generate(seed: 1, trainImages: 90, testImages: 20);
    private static readonly TrainingRecipe Recipe = new() { Model = "preactresnet18-w4", Epochs = 3, BatchSize = 20, Seed = 11 };
    private static readonly string[] Methods = ["vanilla", "rmix", "cutmix"];

    private readonly ModelThread _thread = new("test", intraOpThreads: 1);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task TrainEpoch_OverAndOver_LowersTheLossAndReportsProgress()
    {
        var recipe = Recipe with { Epochs = 8, BatchSize = 10 };
        List<EpochProgress> progress = [];
        var results = await Run(() =>
        {
            using var session = Session(recipe);
            return Enumerable.Range(1, 8).Select(e => session.TrainEpoch(e, Choice("vanilla"), false, progress.Add, CancellationToken.None)).ToArray();
        });

        results[^1].TrainLoss.ShouldBeLessThan(results[0].TrainLoss);
        results.ShouldAllBe(r => r.Images == 80 && r.GradientNorm > 0 && r.TrainTop1Weighted >= 0 && r.TrainTop1Weighted <= 1 && r.SecondsTrain > 0 && r.SecondsSaliency == 0);
        results[^1].LearningRate.ShouldBe(0.29947526988779305 / 100 / 10_000, 1e-12);
        progress.Count.ShouldBe(64);
        progress[7].ShouldSatisfyAllConditions(p => p.Batch.ShouldBe(8), p => p.Batches.ShouldBe(8), p => p.RunningLoss.ShouldBe(results[0].TrainLoss, 1e-9));
    }

    [Fact]
    public async Task Restore_AndGoOn_IsBitEqualToNotHavingStopped()
    {
        var whole = await Run(() =>
        {
            using var session = Session(Recipe);
            EpochResult last = null!;
            for (var epoch = 1; epoch <= 3; epoch++)
            {
                last = session.TrainEpoch(epoch, Choice(Methods[epoch - 1]), false, null, CancellationToken.None);
                if (epoch == 2)
                {
                    Store("stopped").Save(2, session.Save);
                }
            }

            Store("whole").Save(3, session.Save);
            return (last, session.Evaluate(DataPart.Test, CancellationToken.None));
        });

        var resumed = await Run(() =>
        {
            using var session = Session(Recipe);
            session.Restore(Store("stopped").LoadLatest(_ => { })!);
            session.EpochsDone.ShouldBe(2);
            var last = session.TrainEpoch(3, Choice(Methods[2]), false, null, CancellationToken.None);
            Store("resumed").Save(3, session.Save);
            return (last, session.Evaluate(DataPart.Test, CancellationToken.None));
        });

        Untimed(resumed.last).ShouldBe(Untimed(whole.last));
        resumed.Item2.ShouldBe(whole.Item2);
        foreach (var file in new[] { "network.safetensors", "momentum.safetensors" })
        {
            Saved("resumed", file).ShouldBe(Saved("whole", file));
        }
    }

    [Fact]
    public async Task Restore_OfAnotherTraining_SaysWhatDiffers()
    {
        await Run(() =>
        {
            using var session = Session(Recipe);
            Store("one").Save(1, session.Save);
            return 0;
        });

        var error = await Should.ThrowAsync<CheckpointException>(() => Run(() =>
        {
            using var session = Session(Recipe with { Seed = 12 });
            session.Restore(Store("one").LoadLatest(_ => { })!);
            return 0;
        }));

        error.Message.ShouldContain("Seed = 11");
        error.Message.ShouldContain("Seed = 12");
    }

    [Fact]
    public async Task Restore_OfOneDamagedPart_ChangesNothing()
    {
        await Run(() =>
        {
            using var trained = Session(Recipe);
            trained.TrainEpoch(1, Choice("vanilla"), false, null, CancellationToken.None);
            Store("damaged").Save(1, trained.Save);
            var checkpoint = Store("damaged").LoadLatest(_ => { })!;

            // The momentum is whole; in place of the network stands a file of other tensors.
            File.Copy(Path.Combine(checkpoint.Folder, "momentum.safetensors"), Path.Combine(checkpoint.Folder, "network.safetensors"), overwrite: true);
            using var session = Session(Recipe);
            Store("before").Save(0, session.Save);

            Should.Throw<CheckpointException>(() => session.Restore(checkpoint)).Message.ShouldContain("network: ");

            Store("after").Save(0, session.Save);
            return 0;
        });

        foreach (var file in new[] { "network.safetensors", "momentum.safetensors", "session.json" })
        {
            Saved("after", file).ShouldBe(Saved("before", file));
        }
    }

    [Fact]
    public async Task TrainEpoch_WithSaliency_LeavesRunningStatisticsAsTheTrainingPassAloneWould()
    {
        // R-Mix at probability 0 mixes nothing but computes its saliency all the same.
        var never = MixupMethods.RMix.Published with { Probability = 0 };
        var (plain, salient) = await Run(() => (WeightsAfter(Choice("vanilla")), WeightsAfter(new(MixupMethods.RMix, never))));

        salient.ShouldBe(plain);

        byte[] WeightsAfter(MixChoice choice)
        {
            using var session = Session(Recipe);
            session.TrainEpoch(1, choice, false, null, CancellationToken.None);
            Store(choice.Method.Name).Save(1, session.Save);
            return Saved(choice.Method.Name, "network.safetensors");
        }
    }

    [Fact]
    public async Task TrainEpoch_AskedForGradientSimilarity_MeasuresIt()
    {
        var (clean, mixed) = await Run(() =>
        {
            using var session = Session(Recipe);
            return (session.TrainEpoch(1, Choice("vanilla"), true, null, CancellationToken.None), session.TrainEpoch(2, Choice("mixup"), true, null, CancellationToken.None));
        });

        clean.GradientSimilarity.ShouldNotBeNull().ShouldBeInRange(1 - 1e-4, 1);
        mixed.GradientSimilarity.ShouldNotBeNull().ShouldBeInRange(0, 0.9999);
        mixed.SecondsSaliency.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task TrainEpoch_ThatDiverges_SaysWhere()
    {
        var broken = Data with { Normalisation = new([127, 127, 127], [1e-39f, 1e-39f, 1e-39f]) };

        var error = await Should.ThrowAsync<TrainingDivergedException>(() => Run(() =>
        {
            using var session = new ClassifierSession(Recipe, broken, CPU, TimeProvider.System);
            return session.TrainEpoch(1, Choice("vanilla"), false, null, CancellationToken.None);
        }));

        (error.Epoch, error.Batch).ShouldBe((1, 1));
        error.Message.ShouldContain("diverged");
    }

    [Fact]
    public async Task TrainEpoch_Cancelled_Stops()
    {
        using var cancel = new CancellationTokenSource();
        var batches = 0;

        await Should.ThrowAsync<OperationCanceledException>(() => Run(() =>
        {
            using var session = Session(Recipe);
            return session.TrainEpoch(1, Choice("vanilla"), false, p => { batches = p.Batch; cancel.Cancel(); }, cancel.Token);
        }));

        batches.ShouldBe(1);
    }

    [Fact]
    public async Task TrainEpoch_OutOfOrder_IsRefused() =>
        (await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Run(() =>
        {
            using var session = Session(Recipe);
            return session.TrainEpoch(2, Choice("vanilla"), false, null, CancellationToken.None);
        }))).Message.ShouldContain("0 of 3 epochs are done");

    [Fact]
    public async Task Evaluate_OfNoHeldOutImages_IsRefused() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => Run(() =>
        {
            using var session = Session(Recipe with { HoldOutFraction = 0 });
            return session.Evaluate(DataPart.HeldOut, CancellationToken.None);
        }))).Message.ShouldContain("HeldOut");

    [Fact]
    public async Task Pictures_ShowWhatWasMixedAndChangeNothing()
    {
        var (pictures, before, after) = await Run(() =>
        {
            using var session = Session(Recipe);
            Store("before").Save(1, session.Save);
            var pictures = session.Pictures(Choice("rmix"), 6, epoch: 1);
            Store("after").Save(1, session.Save);
            return (pictures, Saved("before", "network.safetensors"), Saved("after", "network.safetensors"));
        });

        after.ShouldBe(before);
        pictures.Count.ShouldBe(6);
        foreach (var picture in pictures)
        {
            picture.Labels.Sum(l => l.Weight).ShouldBe(1, 1e-5);
            picture.Sources.Count.ShouldBe(2);
            var (own, partner) = (picture.Sources[0], picture.Sources[1]);
            own.Saliency.Max().ShouldBe(1, 1e-5);
            own.Share.ShouldAllBe(w => w >= 0 && w <= 1);
            for (var at = 0; at < picture.Mixed.Length; at++)
            {
                ((double)picture.Mixed[at]).ShouldBe((own.Share[at / 3] * own.Image[at]) + (partner.Share[at / 3] * partner.Image[at]), 1.01);
            }
        }
    }

    [Fact]
    public async Task TrainEpoch_AgainAndAgain_LeavesNoTensorBehind()
    {
        var recipe = Recipe with { Epochs = 6 };
        var counts = await Run(() =>
        {
            using var session = Session(recipe);
            return Enumerable.Range(1, 6).Select(epoch =>
            {
                session.TrainEpoch(epoch, Choice(Methods[epoch % 3]), epoch > 3, null, CancellationToken.None);
                session.Evaluate(DataPart.HeldOut, CancellationToken.None);
                return Tensor.TotalCount;
            }).ToArray();
        });

        counts[^1].ShouldBeLessThanOrEqualTo(counts[2]);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _folder.Dispose();
    }

    private static MixChoice Choice(string method) => new(MixupMethods.ByName(method), MixupMethods.ByName(method).Published);

    private static ClassifierSession Session(TrainingRecipe recipe) => new(recipe, Data, CPU, TimeProvider.System);

    private static EpochResult Untimed(EpochResult result) => result with { SecondsTrain = 0, SecondsSaliency = 0, SecondsMix = 0 };

    private Task<T> Run<T>(Func<T> work) => _thread.RunAsync(work, TestContext.Current.CancellationToken);

    private CheckpointStore Store(string name) => new(_folder[name], "classifier", schemaVersion: 1);

    private byte[] Saved(string store, string file) => File.ReadAllBytes(Path.Combine(Directory.GetDirectories(_folder[store], "step-*").Single(), file));
}
