using MixPolicy.Torch.Native;
using TorchSharp;

namespace MixPolicy.Torch;

/// <summary>What was loaded, for logs and summaries.</summary>
/// <param name="LibTorchFolder">Folder libtorch came from.</param>
/// <param name="Source">What named it: the NuGet package, the program's own folder, or <c>MIXPOLICY_LIBTORCH</c>.</param>
/// <param name="PatchedForOldCppLibrary">The C++ library of this system is older than TorchSharp asks for; a patched copy of its glue is in use.</param>
/// <param name="HasCuda">This libtorch has CUDA; whether there is a GPU to use it is another question, which <c>TorchDevices</c> answers.</param>
/// <param name="KeepsScalarsAlive">
/// TorchSharp's scalars outlive the operations that read them. False where the system does not let a program change its own code pages: rarely, correct
/// code then throws "Unknown scalar type".
/// </param>
public sealed record TorchRuntimeInfo(string LibTorchFolder, string Source, bool PatchedForOldCppLibrary, bool HasCuda, bool KeepsScalarsAlive)
{
    /// <summary>What a program says once in its log, a sentence each; empty where all is as it should be.</summary>
    public IEnumerable<string> Remarks
    {
        get
        {
            if (PatchedForOldCppLibrary)
            {
                yield return "The C++ library of this system is older than TorchSharp asks for: a copy of its native half that is patched for it is in use.";
            }

            if (!KeepsScalarsAlive)
            {
                yield return "This system does not let the program mend a fault of TorchSharp: an operation may rarely fail with 'Unknown scalar type'.";
            }
        }
    }
}

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
        var keepsScalarsAlive = ScalarLifetime.Extend(loaded.Glue);
        torch.InitializeDeviceType(DeviceType.CPU);
        return new(folders.LibTorch, folders.Source, loaded.Patched, loaded.HasCuda, keepsScalarsAlive);
    }
}
