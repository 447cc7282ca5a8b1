using System.Runtime.CompilerServices;

namespace MixPolicy.Torch.Tests;

internal static class NativeLibraries
{
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.Load();
}
