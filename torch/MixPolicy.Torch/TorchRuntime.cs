using MixPolicy.Torch.Native;
using TorchSharp;

namespace MixPolicy.Torch;

/// <summary>What was loaded, for logs and summaries.</summary>
/// <param name="LibTorchFolder">Folder libtorch came from.</param>
/// <param name="Source">What named it: the NuGet package, the program's own folder, or <c>MIXPOLICY_LIBTORCH</c>.</param>
/// <param name="PatchedForOldCppLibrary">The C++ library of this system is older than TorchSharp asks for; a patched copy of its glue is in use. Say so once in the log.</param>
/// <param name="HasCuda">This libtorch has CUDA; whether there is a GPU to use it is another question, which <c>TorchDevices</c> answers.</param>
public sealed record TorchRuntimeInfo(string LibTorchFolder, string Source, bool PatchedForOldCppLibrary, bool HasCuda);

/// <summary>
/// The one place that loads TorchSharp's native libraries. Every program and test calls <see cref="Load"/> before its first tensor; later
/// calls cost nothing. Thread-safe.
/// </summary>
public static class TorchRuntime
{
    private static readonly Lazy<TorchRuntimeInfo> Loaded = new(LoadOnce);

    /// <summary>Loads libtorch and TorchSharp's glue.</summary>
    /// <exception cref="TorchLoadException">A library is missing, damaged or does not fit this system; the message says what to do. Later calls throw the same.</exception>
    public static TorchRuntimeInfo Load() => Loaded.Value;

    private static TorchRuntimeInfo LoadOnce()
    {
        var folders = LibTorchFolders.Find(Environment.GetEnvironmentVariable(LibTorchFolders.EnvironmentVariable), AppContext.BaseDirectory);
        var loaded = NativeTorch.Load(folders, PatchedGlue.CacheFolder);
        ScalarLifetime.Extend(loaded.Glue);
        torch.InitializeDeviceType(DeviceType.CPU);
        return new(folders.LibTorch, folders.Source, loaded.Patched, loaded.HasCuda);
    }
}
