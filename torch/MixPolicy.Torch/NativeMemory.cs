using System.Diagnostics;
using System.Globalization;

namespace MixPolicy.Torch;

/// <summary>What the process holds, native memory included: the garbage collector does not see tensors.</summary>
public static class NativeMemory
{
    private const string StatusFile = "/proc/self/statm";

    /// <summary>Bytes of physical memory the process occupies now (resident set size).</summary>
    public static long ResidentBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }

        // Pages: total, resident, shared, ...
        return long.Parse(File.ReadAllText(StatusFile).Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
