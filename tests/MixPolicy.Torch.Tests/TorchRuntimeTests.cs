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

    [Fact]
    public void Remarks_AreOfWhatIsNotAsItShouldBe()
    {
        var fine = new TorchRuntimeInfo("folder", "source", PatchedForOldCppLibrary: false, HasCuda: false, KeepsScalarsAlive: true);

        fine.Remarks.ShouldBeEmpty();
        (fine with { PatchedForOldCppLibrary = true }).Remarks.ShouldHaveSingleItem().ShouldContain("C++ library");
        (fine with { KeepsScalarsAlive = false }).Remarks.ShouldHaveSingleItem().ShouldContain("Unknown scalar type");
    }
}
