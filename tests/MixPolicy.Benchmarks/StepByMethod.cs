using System.Diagnostics;
using MixPolicy.Mixup;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Benchmarks;

/// <summary>
/// A whole training step of PreActResNet18, width 16, on 100 images of 32×32 by every method: loading, what the method needs of the network, mixing, forward, backward, update.
/// Every batch is mixed. The methods take turns, so that a busy machine slows them alike.
/// </summary>
public static class StepByMethod
{
    private const int Batch = 100;
    private const int Steps = 4;
    private const int Rounds = 5;

    public static IEnumerable<Measurement> Run()
    {
        using var thread = new ModelThread("step-methods", Environment.ProcessorCount);
        var samples = thread.RunAsync(Measure).GetAwaiter().GetResult();
        var vanilla = Measurement.FromSamples("step-methods/vanilla", samples[0]);
        yield return vanilla;
        for (var i = 1; i < samples.Length; i++)
        {
            yield return Measurement.FromSamples($"step-methods/{MixupMethods.All[i].Name}", samples[i]).Over(vanilla);
        }
    }

    private static double[][] Measure()
    {
        var data = ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, Batch * Steps, Batch);
        var epochs = MixupMethods.All.Count * (Rounds + 1);
        var recipe = new TrainingRecipe { Model = "preactresnet18-w16", Epochs = epochs, BatchSize = Batch, Seed = 1, HoldOutFraction = 0, MaxLearningRate = 0.01 };
        using var session = new ClassifierSession(recipe, data, torch.CPU, TimeProvider.System);
        var samples = MixupMethods.All.Select(_ => new double[Rounds]).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var (round, method) = Math.DivRem(epoch, MixupMethods.All.Count);
            var choice = new MixChoice(MixupMethods.All[method], MixupMethods.All[method].Published with { Probability = 1 });
            var start = Stopwatch.GetTimestamp();
            session.TrainEpoch(epoch + 1, choice, measureSimilarity: false, null, CancellationToken.None);
            if (round > 0)
            {
                samples[method][round - 1] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Steps;
            }
        }

        return samples;
    }
}
