using System.Runtime.CompilerServices;
using MixPolicy.Torch;
using TorchSharp;

namespace MixPolicy.Agent.Tests.Learning;

internal static class TorchStart
{
    [ModuleInitializer]
    internal static void Load()
    {
        TorchRuntime.Load();
        torch.set_num_threads(1);
    }
}
