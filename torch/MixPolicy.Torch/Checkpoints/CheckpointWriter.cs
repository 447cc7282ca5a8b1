using System.Text.Json;
using MixPolicy.Torch.Safetensors;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>Takes the parts of a checkpoint while it is saved. A part's name has 1 to 64 of a-z, 0-9, '-' and '_' and is used once.</summary>
public sealed class CheckpointWriter
{
    internal static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        // State holds infinities and NaN (a best loss before the first epoch); they must come back as they were.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,

        // What is missing or null where it must not be is an error that names the field, not a zero that training goes on from.
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly Action<string, Action<Stream>> _add;
    private readonly Dictionary<string, CheckpointFile> _files = new(StringComparer.Ordinal);

    /// <param name="folder">Gets the files, flushed to the disk.</param>
    internal CheckpointWriter(string folder) => _add = (file, write) => AddFile(folder, file, write);

    /// <param name="add">Takes each file by its name and what writes it.</param>
    internal CheckpointWriter(Action<string, Action<Stream>> add) => _add = add;

    /// <summary>What was written to the folder.</summary>
    internal IReadOnlyDictionary<string, CheckpointFile> Files => _files;

    /// <summary>Saves tensors by name as <c>NAME.safetensors</c>, bit by bit.</summary>
    /// <param name="metadata">Free text for readers of the file.</param>
    public void Tensors(string name, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var file = CheckpointNames.FileOf(name, CheckpointNames.Tensors);
        _add(file, stream => SafetensorsFile.Write(stream, file, tensors, metadata));
    }

    /// <summary>Saves a value as <c>NAME.json</c>; floating-point numbers come back to the bit, infinities and NaN too.</summary>
    public void Json<T>(string name, T value) =>
        _add(CheckpointNames.FileOf(name, CheckpointNames.Json), stream => JsonSerializer.Serialize(stream, value, Format));

    /// <summary>Saves bytes as <c>NAME.bin</c>.</summary>
    public void Bytes(string name, ReadOnlyMemory<byte> bytes) =>
        _add(CheckpointNames.FileOf(name, CheckpointNames.Bytes), stream => stream.Write(bytes.Span));

    /// <summary>Adds a file that another writer has made.</summary>
    internal void Add(string file, ArraySegment<byte> content) => _add(file, stream => stream.Write(content));

    private void AddFile(string folder, string file, Action<Stream> write)
    {
        if (_files.ContainsKey(file))
        {
            throw new ArgumentException($"the checkpoint already has {file}");
        }

        using var stream = new FileStream(Path.Combine(folder, file), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hashing = new HashingStream(stream);
        write(hashing);
        stream.Flush(flushToDisk: true);
        _files.Add(file, new(hashing.Length, hashing.Sha256));
    }
}
