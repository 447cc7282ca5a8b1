using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>A file of a checkpoint.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal.</param>
internal sealed record CheckpointFile(long Bytes, string Sha256);

/// <summary>What a checkpoint is and what files belong to it: <c>manifest.json</c>, whose own hash lies beside it as <c>manifest.sha256</c>.</summary>
/// <param name="Kind">What was saved, for example <c>ppo-agent</c>.</param>
/// <param name="SchemaVersion">≥ 1; the layout of the files, counted by their owner.</param>
/// <param name="Step">≥ 0; how far the work was.</param>
/// <param name="Files">By file name.</param>
internal sealed record CheckpointManifest(string Kind, int SchemaVersion, long Step, IReadOnlyDictionary<string, CheckpointFile> Files)
{
    public const string FileName = "manifest.json";
    public const string HashFileName = "manifest.sha256";
    private const int MaximumBytes = 1 << 20;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public void Write(string folder)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this, Format);
        WriteDurably(Path.Combine(folder, FileName), bytes);

        // The form of sha256sum, so that a person can check it without us.
        WriteDurably(Path.Combine(folder, HashFileName), Encoding.ASCII.GetBytes($"{Hash(bytes)}  {FileName}\n"));
    }

    /// <summary>Reads the manifest and checks its own hash and that it says nothing impossible; the files it lists are not looked at.</summary>
    /// <exception cref="CheckpointException">It is missing, damaged or hostile.</exception>
    public static CheckpointManifest Read(string folder)
    {
        var bytes = ReadSmall(folder, FileName);
        var hash = Encoding.ASCII.GetString(ReadSmall(folder, HashFileName));
        if (hash != $"{Hash(bytes)}  {FileName}\n")
        {
            throw Refuse(folder, $"its SHA-256 is not the one in {HashFileName}: the checkpoint is damaged");
        }

        CheckpointManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<CheckpointManifest>(bytes, Format) ?? throw Refuse(folder, "it is null");
        }
        catch (JsonException e)
        {
            throw Refuse(folder, $"it is not a manifest: {e.Message}", e);
        }

        if (manifest.SchemaVersion < 1 || manifest.Step < 0)
        {
            throw Refuse(folder, $"schemaVersion is {manifest.SchemaVersion} and step {manifest.Step}, allowed are ≥ 1 and ≥ 0");
        }

        return manifest.Files.Keys.FirstOrDefault(name => !CheckpointNames.IsFile(name)) is { } foreign
            ? throw Refuse(folder, $"files: '{foreign}' is not the name of a file in a checkpoint")
            : manifest;
    }

    /// <summary>Compares every file with its size and hash.</summary>
    /// <exception cref="CheckpointException">One is missing, cut short or changed.</exception>
    public void Verify(string folder)
    {
        foreach (var (name, expected) in Files)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists)
            {
                throw new CheckpointException($"{folder}: {name} is missing: the checkpoint is torn.");
            }

            if (file.Length != expected.Bytes)
            {
                throw new CheckpointException($"{folder}: {name} has {file.Length} bytes, the manifest says {expected.Bytes}: it is cut short or damaged.");
            }

            using var stream = file.OpenRead();
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != expected.Sha256)
            {
                throw new CheckpointException($"{folder}: the SHA-256 of {name} is not the one in the manifest: it is damaged.");
            }
        }
    }

    private static byte[] ReadSmall(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
        {
            throw new CheckpointException($"{folder}: {name} is missing: this is not a whole checkpoint.");
        }

        return file.Length <= MaximumBytes
            ? File.ReadAllBytes(file.FullName)
            : throw new CheckpointException($"{folder}: {name} has {file.Length} bytes, allowed are {MaximumBytes}.");
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = File.Create(path);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static CheckpointException Refuse(string folder, string why, Exception? inner = null) => new($"{folder}: {FileName}: {why}.", inner);
}
