using MixPolicy.Torch.Devices;
using TorchSharp;

namespace MixPolicy.Torch.Tests.Devices;

public sealed class TorchDevicesTests
{
    [Fact]
    public void Choose_Cpu_IsTheCpu() => TorchDevices.Choose("cpu").type.ShouldBe(DeviceType.CPU);

    [Fact]
    public void Choose_Auto_IsTheGpuExactlyWhereThereIsOne() =>
        TorchDevices.Choose("auto").type.ShouldBe(torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU);

    [Fact]
    public void Choose_Cuda_IsTheGpuOrSaysWhyNot()
    {
        if (torch.cuda.is_available())
        {
            TorchDevices.Choose("cuda").type.ShouldBe(DeviceType.CUDA);
            return;
        }

        var message = Should.Throw<DeviceUnavailableException>(() => TorchDevices.Choose("cuda")).Message;
        message.ShouldContain(TorchRuntime.Load().HasCuda ? "finds no GPU it can use" : "has no CUDA. Build with -p:TorchBackend=cuda, or set MIXPOLICY_LIBTORCH");
        message.ShouldContain("--device cpu");
    }

    [Theory]
    [InlineData("")]
    [InlineData("CUDA")]
    [InlineData("tpu")]
    public void Choose_AnotherWord_NamesTheAllowedOnes(string choice) =>
        Should.Throw<ArgumentException>(() => TorchDevices.Choose(choice)).Message.ShouldStartWith($"device is '{choice}', allowed are auto, cpu, cuda.");
}
