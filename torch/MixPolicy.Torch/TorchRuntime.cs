using MixPolicy.Torch.Native;
using TorchSharp;

namespace MixPolicy.Torch;

/// <summary>What was loaded, for logs and summaries.</summary>
/// <param name="LibTorchFolder">Folder libtorch came from.</param>
/// <param name="Source">What named it: the NuGet package, the program's own folder, or <c>MIXPOLICY_LIBTORCH</c>.</param>
/// <param name="PatchedForOldCppLibrary">The C++ library of this system is older than TorchSharp asks for; a patched copy of its glue is in use.</param>
public sealed record TorchRuntimeInfo(string LibTorchFolder, string Source, bool PatchedForOldCppLibrary);

/// <summary>
/// The one place that loads TorchSharp's native libraries. Every program and test calls <see cref="Load"/> before its first tensor; later
/// calls cost nothing. Thread-safe.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lazy<TorchRuntimeInfo> Loaded = new(LoadOnce);

    /// <summary>Loads libtorch and TorchSharp's glue.</summary>
    /// <exception cref="TorchLoadException">A library is missing, damaged or does not fit this system; the message says what to do.</exception>
    public static TorchRuntimeInfo Load() => Loaded.Value;

    private static TorchRuntimeInfo LoadOnce()
    {
        var folders = LibTorchFolders.Find(Environment.GetEnvironmentVariable(LibTorchFolders.EnvironmentVariable), AppContext.BaseDirectory);
        var (_, patched) = NativeTorch.Load(folders, CacheFolder());
        torch.InitializeDeviceType(DeviceType.CPU);
        return new(folders.LibTorch, folders.Source, patched);
    }

    private static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            cache = home.Length > 0 ? Path.Combine(home, ".cache") : Path.GetTempPath();
        }

        return Path.Combine(cache, "mixpolicy", "torchsharp");
    }
}
