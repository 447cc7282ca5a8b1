using System.CommandLine;
using MixPolicy.Agent.Configuration;
using MixPolicy.Torch.Native;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Telemetry;

NativeHeap.KeepFreedMemory();
using var interruption = new Interruption(Console.Error);
var root = new RootCommand("MixPolicy trainer: image classification with steered mixup.")
{
    new TrainCommand((request, token) => TrainAction.RunAsync(request, TimeProvider.System, token), TimeProvider.System),
    new PreviewCommand((request, token) => PreviewAction.RunAsync(request, TimeProvider.System, token)),
};
try
{
    using var telemetry = TrainerExport.Start();
    return await ExitCodes.OfAsync(root.Parse(args), Console.Error, interruption.Token);
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}");
    return ExitCodes.Usage;
}
