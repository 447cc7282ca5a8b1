using System.Text.RegularExpressions;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>Names of the parts of a checkpoint, and of the files they become. A manifest comes from a disk: its names must not lead out of the folder.</summary>
internal static partial class CheckpointNames
{
    public const string Tensors = ".safetensors";
    public const string Json = ".json";
    public const string Bytes = ".bin";

    /// <exception cref="ArgumentException"><paramref name="part"/> is not a name a part may have.</exception>
    public static string FileOf(string part, string extension) => Part().IsMatch(part) && part != "manifest"
        ? part + extension
        : throw new ArgumentException($"'{part}' is not the name of a part: 1 to 64 of a-z, 0-9, '-' and '_', not 'manifest'.", nameof(part));

    public static bool IsFile(string name) =>
        name != CheckpointManifest.FileName && Path.GetExtension(name) is Tensors or Json or Bytes && Part().IsMatch(Path.GetFileNameWithoutExtension(name))
        && name == Path.GetFileName(name);

    [GeneratedRegex(@"\A[a-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
