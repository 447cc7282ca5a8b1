using MixPolicy.Mixup;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Resident memory of the process over 2,000 training steps of the default network with every method in turn, against the one before them. Flat means
/// within 5 %. The first 500 steps are not counted: the runtime compiles, and the native heap, which keeps what is freed, grows into its pattern of blocks.
/// </summary>
public static class Memory
{
    private const int StepsAnEpoch = 25;
    private const int WarmUpEpochs = 500 / StepsAnEpoch;
    private const int Epochs = WarmUpEpochs + (2_000 / StepsAnEpoch);

    public static IEnumerable<Measurement> Run()
    {
        using var thread = new ModelThread("memory", Environment.ProcessorCount);
        var data = ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, StepsAnEpoch * ShapesDefaults.BatchSize, ShapesDefaults.TestImages);
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
        var measured = resident.Skip(WarmUpEpochs - 1).ToArray();
        var (before, highest) = (measured[0], measured.Max());
        yield return new(
            $"resident memory over {(Epochs - WarmUpEpochs) * StepsAnEpoch} training steps",
            Ratio: highest / before,
            Value: highest,
            Note: $"MB; {resident[0]:F0} MB after the first {StepsAnEpoch} steps, {before:F0} MB after {WarmUpEpochs * StepsAnEpoch}, then {measured.Min():F0} to {highest:F0} MB");
    }
}
