using TorchSharp;

namespace MixPolicy.Torch.Tests;

public sealed class NativeMemoryTests
{
    [Fact]
    public void ResidentBytes_WithABigTensorAlive_CountsIt()
    {
        const long Bytes = 256L << 20;
        var before = NativeMemory.ResidentBytes();

        using var big = torch.ones([Bytes / sizeof(float)]);

        (NativeMemory.ResidentBytes() - before).ShouldBeGreaterThan(Bytes * 3 / 4);
    }
}
