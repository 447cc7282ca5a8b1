using System.Text.Json;
using MixPolicy.Torch.Safetensors;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>A checkpoint whose manifest and files have been verified; the mirror of <see cref="CheckpointWriter"/>.</summary>
public sealed class CheckpointReader
{
    private readonly CheckpointManifest _manifest;

    internal CheckpointReader(string folder, CheckpointManifest manifest)
    {
        Folder = folder;
        _manifest = manifest;
    }

    public string Folder { get; }

    /// <summary>≥ 0; as given to the save.</summary>
    public long Step => _manifest.Step;

    /// <summary>1 to the version the caller named: an older one is the caller's to convert.</summary>
    public int SchemaVersion => _manifest.SchemaVersion;

    /// <summary>The tensors of a part, on <paramref name="device"/> (the CPU when null), in the dispose scope of the caller.</summary>
    /// <exception cref="CheckpointException">There is no such part, or it holds something else.</exception>
    public IReadOnlyDictionary<string, Tensor> Tensors(string name, Device? device = null)
    {
        try
        {
            return SafetensorsFile.Read(Existing(name, CheckpointNames.Tensors), device).Tensors;
        }
        catch (SafetensorsException e)
        {
            throw new CheckpointException(e.Message, e);
        }
    }

    /// <summary>The value of a part. A constructor parameter without a default must be there, and only what is annotated as nullable may be null.</summary>
    /// <exception cref="CheckpointException">There is no such part, or it holds something else.</exception>
    public T Json<T>(string name)
    {
        var path = Existing(name, CheckpointNames.Json);
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, CheckpointWriter.Format) ?? throw new CheckpointException($"{path}: it holds null.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: it is not a {typeof(T).Name}: {e.Message}", e);
        }
    }

    /// <summary>The content of a part.</summary>
    /// <exception cref="CheckpointException">There is no such part, or it holds something else.</exception>
    public byte[] Bytes(string name) => File.ReadAllBytes(Existing(name, CheckpointNames.Bytes));

    private string Existing(string name, string extension)
    {
        var file = CheckpointNames.FileOf(name, extension);
        return _manifest.Files.ContainsKey(file)
            ? Path.Combine(Folder, file)
            : throw new CheckpointException($"{Folder}: the checkpoint has no {file}; it has {string.Join(", ", _manifest.Files.Keys.Order(StringComparer.Ordinal))}.");
    }
}
