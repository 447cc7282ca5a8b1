using System.Runtime.InteropServices;

namespace MixPolicy.Torch.Checkpoints;

/// <summary>Makes the names inside a folder durable. A file that was flushed can still vanish with a power cut while its folder was not.</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>Creates a folder and those above it that are missing, each durable in its parent.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static void Create(string folder)
    {
        if (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            Create(parent);
            Directory.CreateDirectory(folder);
            Flush(parent);
        }
    }

    /// <summary>Makes the names in a folder durable.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static void Flush(string folder)
    {
        // Windows has no such call: NTFS journals names by itself.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no folders, hence the C library.
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? ReadOnly | CloseOnExec : ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"{folder}: cannot be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (Synchronise(descriptor) != 0)
            {
                throw new IOException($"{folder}: cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
