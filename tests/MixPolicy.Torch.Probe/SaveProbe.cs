using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Torch.Probe;

/// <summary>Saves checkpoints without end, one step after the other, and prints each step once it is durable. Every byte of a step is its number modulo 256. Without tensors, so that it starts fast: the test starts it often.</summary>
internal static class SaveProbe
{
    public const string Kind = "probe";

    public static void Run(string root)
    {
        var store = new CheckpointStore(root, Kind, schemaVersion: 1);
        var reader = store.LoadLatest(refusal => throw new InvalidOperationException(refusal.Reason));
        for (var step = (reader?.Step ?? 0) + 1; ; step++)
        {
            var bytes = Enumerable.Repeat((byte)step, 256 << 10).ToArray();
            store.Save(step, writer =>
            {
                writer.Bytes("first", bytes);
                writer.Bytes("second", bytes);
                writer.Json("state", step);
            });
            Console.WriteLine(step);
        }
    }
}
