using MixPolicy.Mixup;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Resident memory of the process over 2,000 training steps of the default network with every method in turn: the largest after the first quarter, against
/// the one at its end. Flat means within 5 %.
/// </summary>
public static class Memory
{
    private const int Epochs = 80;
    private const int WarmUpEpochs = Epochs / 4;

    public static IEnumerable<Measurement> Run()
    {
        using var thread = new ModelThread("memory", Environment.ProcessorCount);
        var data = ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, 25 * ShapesDefaults.BatchSize, ShapesDefaults.TestImages);
        var recipe = new TrainingRecipe { Model = ShapesDefaults.Model, Epochs = Epochs, BatchSize = ShapesDefaults.BatchSize, Seed = 1, HoldOutFraction = 0 };
        var session = thread.RunAsync(() => new ClassifierSession(recipe, data, torch.CPU, TimeProvider.System)).GetAwaiter().GetResult();
        var resident = new List<double>();
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            var (number, method) = (epoch, MixupMethods.All[epoch % MixupMethods.All.Count]);
            thread.RunAsync(() =>
            {
                session.TrainEpoch(number, new(method, method.Published), measureSimilarity: false, null, CancellationToken.None);
                session.Evaluate(DataPart.Test, CancellationToken.None);
            }).GetAwaiter().GetResult();
            resident.Add(Environment.WorkingSet / 1e6);
        }

        thread.RunAsync(session.Dispose).GetAwaiter().GetResult();
        var (first, highest) = (resident[WarmUpEpochs - 1], resident.Skip(WarmUpEpochs).Max());
        var steps = session.BatchesPerEpoch * Epochs;
        yield return new($"resident memory over {steps} training steps", Ratio: highest / first, Value: highest, Note: $"MB; {first:F0} MB after {steps / 4} steps, {resident[^1]:F0} MB at the end");
    }
}
