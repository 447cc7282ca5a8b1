using System.Runtime.InteropServices;

namespace MixPolicy.Torch.Native;

/// <summary>
/// glibc gives large blocks back to the system as soon as they are free, and every training step asks for the same ones again: tens of thousands of page faults
/// a step (seen: 755 ms against 350 ms for a forward pass of PreActResNet18 on 100 images). A program that trains keeps them instead, in one heap: those that
/// glibc makes for further threads come in pieces of 64 MB, which it gives back whatever it was told, and which large blocks fill badly (seen: a training
/// step on a <see cref="Threads.ModelThread"/> 15 % slower than on the main thread).
/// </summary>
public static partial class NativeHeap
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int MaximumMappedBlocks = -4;
    private const int MaximumArenas = -8;

    private static readonly Lazy<bool> Kept = new(KeepOnce);

    /// <summary>Makes the heap keep what is freed, for the rest of the process. Elsewhere than under glibc nothing changes.</summary>
    /// <returns>Whether it does.</returns>
    public static bool KeepFreedMemory() => Kept.Value;

    private static bool KeepOnce()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return SetOption(TrimThreshold, int.MaxValue) == 1 && SetOption(MaximumMappedBlocks, 0) == 1 && SetOption(MaximumArenas, 1) == 1;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl has no mallopt; libtorch does not run there, but if it ever does, it is only slower.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
