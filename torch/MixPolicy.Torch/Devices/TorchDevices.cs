using TorchSharp;

namespace MixPolicy.Torch.Devices;

/// <summary>Turns the words of a <c>--device</c> option into a device of TorchSharp.</summary>
public static class TorchDevices
{
    /// <summary>What <see cref="Choose"/> takes.</summary>
    public static IReadOnlyList<string> Choices { get; } = ["auto", "cpu", "cuda"];

    /// <summary>Loads TorchSharp and picks a device: <c>cpu</c>, <c>cuda</c> (the first GPU), or <c>auto</c>: the GPU where it can be used, else the CPU.</summary>
    /// <exception cref="ArgumentException"><paramref name="choice"/> is none of <see cref="Choices"/>.</exception>
    /// <exception cref="DeviceUnavailableException"><c>cuda</c> was asked for and cannot be used; the message says why and what to do.</exception>
    public static torch.Device Choose(string choice)
    {
        var runtime = TorchRuntime.Load();
        return choice switch
        {
            "cpu" => torch.CPU,
            "cuda" => WhyNoCuda(runtime) is { } reason ? throw new DeviceUnavailableException(reason) : torch.CUDA,
            "auto" => WhyNoCuda(runtime) is null ? torch.CUDA : torch.CPU,
            _ => throw new ArgumentException($"device is '{choice}', allowed are {string.Join(", ", Choices)}.", nameof(choice)),
        };
    }

    private static string? WhyNoCuda(TorchRuntimeInfo runtime)
    {
        if (!runtime.HasCuda)
        {
            return $"device cuda: the libtorch in use ({runtime.Source}, {runtime.LibTorchFolder}) has no CUDA. Build with -p:TorchBackend=cuda, or set "
                + "MIXPOLICY_LIBTORCH to the folder of a PyTorch installation with CUDA; or use --device cpu.";
        }

        return torch.TryInitializeDeviceType(DeviceType.CUDA)
            ? null
            : $"device cuda: libtorch ({runtime.Source}, {runtime.LibTorchFolder}) has CUDA but finds no GPU it can use. Check that 'nvidia-smi' lists one and that "
                + "its driver is new enough for this CUDA; or use --device cpu.";
    }
}
