using Microsoft.Win32.SafeHandles;

namespace MixPolicy.Agent.Log;

/// <summary>Brings what a database's write-ahead log has to the disk. Owned by one caller at a time.</summary>
internal sealed class WalFlush(string database) : IDisposable
{
    private SafeFileHandle? _log;

    /// <summary>Something was written that is not known to be on the disk.</summary>
    public bool IsDue { get; set; }

    /// <exception cref="IOException">The disk failed; it is still due.</exception>
    public void Flush()
    {
        if (IsDue)
        {
            // SQLite keeps this very file for as long as a connection is open, and holds no lock on it that closing another handle would drop.
            _log ??= File.OpenHandle(database + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(_log);
            IsDue = false;
        }
    }

    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // As where the power fails now.
        }

        _log?.Dispose();
    }
}
