using MixPolicy.Torch.Checkpoints;
using TorchSharp;

namespace MixPolicy.Torch.Probe;

/// <summary>Saves checkpoints without end, one step after the other, and prints each step once it is durable. Every tensor of a step is full of its number.</summary>
internal static class SaveProbe
{
    public const string Kind = "probe";

    public static void Run(string root)
    {
        TorchRuntime.Load();
        var store = new CheckpointStore(root, Kind, schemaVersion: 1);
        var reader = store.LoadLatest(refusal => throw new InvalidOperationException(refusal.Reason));
        for (var step = (reader?.Step ?? 0) + 1; ; step++)
        {
            using var scope = torch.NewDisposeScope();
            store.Save(step, writer =>
            {
                writer.Tensors("first", new Dictionary<string, torch.Tensor> { ["w"] = torch.full([64, 1024], step) });
                writer.Tensors("second", new Dictionary<string, torch.Tensor> { ["w"] = torch.full([64, 1024], step) });
                writer.Json("state", step);
            });
            Console.WriteLine(step);
        }
    }
}
