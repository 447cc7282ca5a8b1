using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MixPolicy.Agent.Batches;

/// <summary>
/// What a learner took in since its last snapshot: observations are not in the log. A file of entries, each with its length and checksum, named for the
/// position it begins at. It is not flushed to the disk: it outlives the process, not a power cut, after which the policy goes on from its snapshot.
/// An entry is written before its commit, so that no batch of the log is missing here.
/// </summary>
internal sealed partial class BatchSpool : IDisposable
{
    private const int HeaderBytes = sizeof(int) + sizeof(uint);
    private const int LongestEntry = 256 * 1024 * 1024;

    // First in every entry.
    private const byte Version = 1;

    private readonly FileStream _file;
    private readonly ILogger _logger;
    private readonly MemoryStream _buffer = new();
    private readonly BinaryWriter _writer;
    private bool _broken;

    private BatchSpool(FileStream file, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _writer = new(_buffer);
    }

    public static string PathAt(string folder, long position) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"spool-{position:D12}"));

    /// <summary>Opens the spool that begins at a position, behind the entries of it that count.</summary>
    /// <param name="length">Of those entries in bytes; what is behind them is cut off.</param>
    public static BatchSpool Open(string folder, long position, long length, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        var file = new FileStream(PathAt(folder, position), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            file.SetLength(length);
            file.Seek(0, SeekOrigin.End);
            return new(file, logger);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The entries of the spool that begins at a position, up to the first that is torn or cannot be read. It never fails.</summary>
    /// <param name="refused">Told why an entry that is there cannot be read.</param>
    /// <returns>Each with the length of the file up to and with it.</returns>
    public static IEnumerable<(SpoolEntry Entry, long End)> Read(string folder, long position, Action<string> refused)
    {
        using var file = OpenToRead(PathAt(folder, position), refused);
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
            var header = new byte[HeaderBytes];
            if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            {
                return null;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is < 1 or > LongestEntry || length > file.Length - file.Position)
            {
                return null;
            }

            var bytes = new byte[length];
            file.ReadExactly(bytes);
            if (Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(sizeof(int))))
            {
                return null;
            }

            if (bytes[0] != Version)
            {
                refused($"its version is {bytes[0]}; this service reads {Version}");
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

    /// <summary>It never fails: without an entry there is less to go on from after a crash.</summary>
    public void Append(SpoolEntry entry)
    {
        if (_broken)
        {
            return;
        }

        try
        {
            _buffer.SetLength(HeaderBytes);
            _buffer.Position = HeaderBytes;
            _writer.Write(Version);
            entry.Write(_writer);
            if (_buffer.Length - HeaderBytes > LongestEntry)
            {
                throw new IOException($"an entry of {_buffer.Length - HeaderBytes} bytes is longer than {LongestEntry}, the most that is kept");
            }

            var bytes = _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length);
            BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - HeaderBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(int)..], Checksum(bytes[HeaderBytes..]));
            _file.Write(bytes);
        }
        catch (Exception e)
        {
            // A full disk, or an entry too long. An entry after a gap would be worth nothing.
            _broken = true;
            NotKept(_file.Name, e);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    // CRC-32C, in hardware.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "{Spool} cannot be written: after a crash the policy goes on from its last snapshot")]
    private partial void NotKept(string spool, Exception exception);
}
