using TorchSharp;

namespace MixPolicy.Torch.Tests;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Load_OnThisSystem_ComputesATensor()
    {
        TorchRuntime.Load().LibTorchFolder.ShouldNotBeEmpty();

        using var three = torch.ones(3).sum();

        three.item<float>().ShouldBe(3f);
    }
}
