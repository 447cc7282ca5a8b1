namespace MixPolicy.Torch.Checkpoints;

/// <summary>
/// A checkpoint in memory: taken at one moment, on the thread that what is saved belongs to, and written to the disk later, on any, while that goes on.
/// </summary>
public sealed class CapturedCheckpoint
{
    private readonly List<(string File, ArraySegment<byte> Content)> _files = [];

    /// <param name="write">Adds the parts.</param>
    public CapturedCheckpoint(Action<CheckpointWriter> write) => write(new((file, fill) =>
    {
        using var content = new MemoryStream();
        fill(content);
        _files.Add((file, new(content.GetBuffer(), 0, (int)content.Length)));
    }));

    /// <summary>Adds the parts to a checkpoint that is saved.</summary>
    public void AddTo(CheckpointWriter writer)
    {
        foreach (var (file, content) in _files)
        {
            writer.Add(file, content);
        }
    }
}
