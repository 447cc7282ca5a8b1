using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

/// <summary>Memory is the process's: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int Rounds = 80;

    /// <summary>A leaked batch of 1.2 MB a round would show as hundreds of megabytes; warm-up and allocator noise stay far below.</summary>
    private const long Allowed = 100L << 20;

    [Fact]
    public void MixAndSaliency_InAScopeAStep_LeaveNoNativeMemoryBehind()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(100, 3, 32, 32, 10, "random", "random", 1).Make();
        using var network = nn.Sequential(nn.Conv2d(3, 16, 3, stride: 4), nn.BatchNorm2d(16), nn.Flatten(), nn.Linear(16 * 8 * 8, 10));
        var generator = new Generator(1);
        Round(network, batch, generator);
        var (tensors, bytes) = (Tensor.TotalCount, ResidentBytes());

        for (var i = 0; i < Rounds; i++)
        {
            Round(network, batch, generator);
        }

        (Tensor.TotalCount - tensors).ShouldBeLessThanOrEqualTo(0);
        (ResidentBytes() - bytes).ShouldBeLessThan(Allowed);
    }

    private static void Round(nn.Module<Tensor, Tensor> network, MixupBatch batch, Generator generator)
    {
        using var step = NewDisposeScope();
        var saliency = Saliency.Compute(network, batch.Images, batch.Labels).Map;
        foreach (var method in MixupMethods.All)
        {
            method.Mix(batch with { Saliency = saliency }, new(), generator).OwnWeight();
        }
    }

    private static long ResidentBytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
