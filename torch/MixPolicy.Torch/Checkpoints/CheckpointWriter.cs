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

    private readonly string _folder;
    private readonly Dictionary<string, CheckpointFile> _files = new(StringComparer.Ordinal);

    internal CheckpointWriter(string folder) => _folder = folder;

    internal IReadOnlyDictionary<string, CheckpointFile> Files => _files;

    /// <summary>Saves tensors by name as <c>NAME.safetensors</c>, bit by bit.</summary>
    /// <param name="metadata">Free text for readers of the file.</param>
    public void Tensors(string name, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var file = CheckpointNames.FileOf(name, CheckpointNames.Tensors);
        Add(file, stream => SafetensorsFile.Write(stream, file, tensors, metadata));
    }

    /// <summary>Saves a value as <c>NAME.json</c>; floating-point numbers come back to the bit, infinities and NaN too.</summary>
    public void Json<T>(string name, T value) =>
        Add(CheckpointNames.FileOf(name, CheckpointNames.Json), stream => JsonSerializer.Serialize(stream, value, Format));

    /// <summary>Saves bytes as <c>NAME.bin</c>.</summary>
    public void Bytes(string name, ReadOnlyMemory<byte> bytes) =>
        Add(CheckpointNames.FileOf(name, CheckpointNames.Bytes), stream => stream.Write(bytes.Span));

    private void Add(string file, Action<Stream> write)
    {
        if (_files.ContainsKey(file))
        {
            throw new ArgumentException($"the checkpoint already has {file}");
        }

        using var stream = new FileStream(Path.Combine(_folder, file), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hashing = new HashingStream(stream);
        write(hashing);
        stream.Flush(flushToDisk: true);
        _files.Add(file, new(hashing.Length, hashing.Sha256));
    }
}
