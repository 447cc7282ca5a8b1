using System.Buffers.Binary;
using MixPolicy.Ppo.Batches;

namespace MixPolicy.Agent.Batches;

/// <summary>
/// Writes down what a learner takes in from its last snapshot on: observations are not in the log. It is not flushed to the disk: it outlives the process, not a power cut,
/// after which the policy goes on from its snapshot. An entry is written before its commit, so that no batch of the log is missing here.
/// </summary>
internal sealed partial class BatchSpool : IDisposable
{
    private readonly FileStream _file;
    private readonly ILogger _logger;
    private readonly MemoryStream _buffer = new();
    private readonly BinaryWriter _writer;
    private Task _asked = Task.CompletedTask;
    private long _drawnAt;
    private bool _broken;

    private BatchSpool(FileStream file, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _writer = new(_buffer);
    }

    /// <summary>Opens the spool that begins at a position, behind the entries of it that count.</summary>
    /// <param name="length">Of those entries in bytes; what is behind them is cut off.</param>
    public static BatchSpool Open(string folder, long position, long length, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        var file = new FileStream(SpoolFiles.PathAt(folder, position), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
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

    /// <summary>Begins an entry with what is known before its decision. That is nearly all of it, and is written while the policy decides.</summary>
    /// <param name="entry">Its draw has the size of the one that comes, if there will be one.</param>
    public void Begin(SpoolEntry entry) => _asked = Task.Run(() => Guarded(() =>
    {
        _buffer.SetLength(SpoolFiles.HeaderBytes);
        _buffer.Position = SpoolFiles.HeaderBytes;
        _writer.Write(SpoolFiles.Version);
        _drawnAt = entry.Write(_writer);
        if (_buffer.Length - SpoolFiles.HeaderBytes > SpoolFiles.LongestEntry)
        {
            throw new IOException($"an entry of {_buffer.Length - SpoolFiles.HeaderBytes} bytes is longer than {SpoolFiles.LongestEntry}, the most that is kept");
        }

        // Without a length in front it is none yet.
        _buffer.GetBuffer().AsSpan(0, SpoolFiles.HeaderBytes).Clear();
        _file.Write(Written());
    }));

    /// <summary>Ends the entry that was begun. It is written when this returns.</summary>
    /// <param name="draw">What was decided; null where nothing was.</param>
    public void End(BatchDraw? draw)
    {
        _asked.Wait();
        Guarded(() =>
        {
            var begin = _file.Position - _buffer.Length;
            if (draw is not null)
            {
                _buffer.Position = _drawnAt;
                SpoolEntry.Write(_writer, draw);
                RandomAccess.Write(_file.SafeFileHandle, Written()[(int)_drawnAt..(int)_buffer.Position], begin + _drawnAt);
            }

            var bytes = _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length);
            BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - SpoolFiles.HeaderBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(int)..], SpoolFiles.Checksum(bytes[SpoolFiles.HeaderBytes..]));
            RandomAccess.Write(_file.SafeFileHandle, bytes[..SpoolFiles.HeaderBytes], begin);
        });
    }

    public void Dispose()
    {
        _asked.Wait();
        _writer.Dispose();
        _file.Dispose();
    }

    private ReadOnlySpan<byte> Written() => _buffer.GetBuffer().AsSpan(0, (int)_buffer.Length);

    /// <summary>Nothing here fails: without an entry there is less to go on from after a crash.</summary>
    private void Guarded(Action write)
    {
        if (_broken)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception e)
        {
            // A full disk, or an entry too long. An entry after a gap would be worth nothing.
            _broken = true;
            NotKept(_file.Name, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Spool} cannot be written: after a crash the policy goes on from its last snapshot")]
    private partial void NotKept(string spool, Exception exception);
}
