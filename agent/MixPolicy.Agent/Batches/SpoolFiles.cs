using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MixPolicy.Agent.Batches;

/// <summary>How spools lie in the folder of an agent: files named for the position they begin at, of entries that each have their length and checksum in front.</summary>
internal static class SpoolFiles
{
    public const int HeaderBytes = sizeof(int) + sizeof(uint);
    public const int LongestEntry = 256 * 1024 * 1024;

    /// <summary>First in every entry.</summary>
    public const byte Version = 1;

    public static string PathAt(string folder, long position) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"spool-{position:D12}"));

    /// <summary>Deletes the spools that begin before a position, or after another.</summary>
    public static void DeleteOutside(string folder, long first, long last)
    {
        foreach (var path in Directory.GetFiles(folder, "spool-*"))
        {
            if (string.CompareOrdinal(path, PathAt(folder, first)) < 0 || string.CompareOrdinal(path, PathAt(folder, last)) > 0)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>CRC-32C, in hardware.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, rest);
        }

        return ~sum;
    }
}
