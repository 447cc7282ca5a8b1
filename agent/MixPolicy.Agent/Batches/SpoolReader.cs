using System.Buffers.Binary;

namespace MixPolicy.Agent.Batches;

/// <summary>Reads what a <see cref="BatchSpool"/> wrote.</summary>
internal static class SpoolReader
{
    /// <summary>The entries of the spool that begins at a position, up to the first that is torn or cannot be read. It never fails.</summary>
    /// <param name="refused">Told why an entry that is there cannot be read.</param>
    /// <returns>Each with the length of the file up to and with it.</returns>
    public static IEnumerable<(SpoolEntry Entry, long End)> Read(string folder, long position, Action<string> refused)
    {
        using var file = OpenToRead(SpoolFiles.PathAt(folder, position), refused);
        while (file is not null && Next(file, refused) is { } entry)
        {
            yield return (entry, file.Position);
        }
    }

    private static FileStream? OpenToRead(string path, Action<string> refused)
    {
        try
        {
            return File.Exists(path) ? File.OpenRead(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refused(e.Message);
            return null;
        }
    }

    private static SpoolEntry? Next(FileStream file, Action<string> refused)
    {
        try
        {
            var header = new byte[SpoolFiles.HeaderBytes];
            if (file.ReadAtLeast(header, SpoolFiles.HeaderBytes, throwOnEndOfStream: false) < SpoolFiles.HeaderBytes)
            {
                return null;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is < 1 or > SpoolFiles.LongestEntry || length > file.Length - file.Position)
            {
                return null;
            }

            var bytes = new byte[length];
            file.ReadExactly(bytes);
            if (SpoolFiles.Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(int))))
            {
                return null;
            }

            if (bytes[0] != SpoolFiles.Version)
            {
                refused($"its version is {bytes[0]}; this service reads {SpoolFiles.Version}");
                return null;
            }

            using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(byte), length - sizeof(byte), writable: false));
            return SpoolEntry.Read(reader);
        }
        catch (Exception e)
        {
            // Whole by its checksum, and not what this service writes; or a disk that does not read. What follows it has no use without it.
            refused(e.Message);
            return null;
        }
    }
}
