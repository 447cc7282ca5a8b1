using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Trainer.Loop;

/// <summary>The classifier and its model thread. Everything that touches it goes through here.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    private readonly ModelThread _thread;
    private readonly ClassifierSession _session;

    private ModelHost(ModelThread thread, ClassifierSession session, Dataset data) => (_thread, _session, Data) = (thread, session, data);

    public Dataset Data { get; }

    public (int Train, int HeldOut, int Test) Images => _session.Images;

    public static async Task<ModelHost> StartAsync(TrainSettings settings, torch.Device device, TimeProvider time, CancellationToken cancellationToken)
    {
        var thread = new ModelThread("classifier", settings.Threads);
        try
        {
            return await thread.RunAsync(
                () =>
                {
                    var data = Datasets.Open(settings.Dataset, settings.Data, settings.TrainLimit, settings.TestLimit);
                    return new ModelHost(thread, new(RecipeOf(settings), data, device, time), data);
                },
                cancellationToken);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    public Task<T> RunAsync<T>(Func<ClassifierSession, T> work, CancellationToken cancellationToken) => _thread.RunAsync(() => work(_session), cancellationToken);

    public Task RunAsync(Action<ClassifierSession> work, CancellationToken cancellationToken) => _thread.RunAsync(() => work(_session), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _thread.RunAsync(_session.Dispose);
        _thread.Dispose();
    }

    private static TrainingRecipe RecipeOf(TrainSettings settings) => new()
    {
        Model = settings.Model,
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        Seed = settings.Seed,
        HoldOutFraction = settings.HoldoutFraction,
        MaxLearningRate = settings.MaxLearningRate,
        Schedule = settings.LearningRateSchedule == RecipeDefaults.OneCycle ? LearningRateSchedule.OneCycle : LearningRateSchedule.MultiStep,
    };
}
