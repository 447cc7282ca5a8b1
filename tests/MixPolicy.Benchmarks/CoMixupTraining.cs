using MixPolicy.Mixup;
using MixPolicy.Mixup.Methods;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Does Co-Mixup's tight solver train better than the published one? PreActResNet18, width 16, on 4,000 images of CIFAR-10, whose folder is named by
/// <c>MIXPOLICY_CIFAR10</c>; test top-1 after the last epoch, a line a seed and solver. Repeatable to the bit: one thread.
/// </summary>
public static class CoMixupTraining
{
    private const string Folder = "MIXPOLICY_CIFAR10";
    private const int Epochs = 8;
    private static readonly long[] Seeds = [1, 2, 3, 4];

    public static IEnumerable<Measurement> Run()
    {
        var folder = Environment.GetEnvironmentVariable(Folder)
            ?? throw new InvalidOperationException($"{Folder} is not set; it must name the folder of CIFAR-10's binary files");
        var data = Datasets.Open("cifar10", folder, 4000, null);
        using var thread = new ModelThread("co-mixup-training", intraOpThreads: 1);
        foreach (var seed in Seeds)
        {
            foreach (var solver in Enum.GetValues<CoMixupSolver>())
            {
                var top1 = thread.RunAsync(() => Train(data, seed, solver)).GetAwaiter().GetResult();
                yield return new($"co-mixup-training/{solver.ToString().ToLowerInvariant()}/seed-{seed}", Value: top1, Note: "test top-1");
            }
        }
    }

    private static double Train(Dataset data, long seed, CoMixupSolver solver)
    {
        var recipe = new TrainingRecipe { Model = "preactresnet18-w16", Epochs = Epochs, BatchSize = 100, Seed = seed, HoldOutFraction = 0, MaxLearningRate = 0.2 };
        using var session = new ClassifierSession(recipe, data, torch.CPU, TimeProvider.System);
        var choice = new MixChoice(new CoMixup(new() { Solver = solver, Threads = 1 }), new MixParameters());
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            session.TrainEpoch(epoch, choice, measureSimilarity: false, null, CancellationToken.None);
        }

        return session.Evaluate(DataPart.Test, CancellationToken.None).Top1;
    }
}
