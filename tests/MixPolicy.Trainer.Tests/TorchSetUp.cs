using System.Runtime.CompilerServices;
using MixPolicy.Torch;

// Tensor operations and whole trainings share two cores, and leak tests count the tensors of the process.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MixPolicy.Trainer.Tests;

internal static class TorchSetUp
{
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.Load();
}
