using System.Runtime.CompilerServices;
using MixPolicy.Torch;

namespace MixPolicy.Mixup.Tests;

internal static class TorchSetUp
{
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.Load();
}
