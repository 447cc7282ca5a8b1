using System.Text;

namespace MixPolicy.Trainer.Records;

/// <summary>Files that are there whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>As UTF-8.</summary>
    /// <inheritdoc cref="Write(string, byte[])"/>
    internal static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes beside the place, flushes to the disk, renames.</summary>
    internal static void Write(string path, byte[] content)
    {
        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
