using MixPolicy.Torch;
using MixPolicy.Torch.Native;

namespace MixPolicy.Cli.Doctor;

/// <summary>Whether TorchSharp and libtorch load.</summary>
internal static class NativeCheck
{
    private const string Subject = "libtorch";

    public static IEnumerable<Finding> Look()
    {
        TorchRuntimeInfo runtime;
        try
        {
            runtime = TorchRuntime.Load();
        }
        catch (TorchLoadException e)
        {
            return [new(Subject, Verdict.Broken, e.Message.ReplaceLineEndings(" "), "The message says what to install; MIXPOLICY_LIBTORCH names the libtorch of a PyTorch installation instead.")];
        }

        return
        [
            new(Subject, Verdict.Ok, $"loads from {runtime.LibTorchFolder} ({runtime.Source}); {(runtime.HasCuda ? "with" : "without")} CUDA"),
            .. runtime.Remarks.Select(remark => new Finding(Subject, Verdict.Warning, remark)),
        ];
    }
}
