using System.Globalization;
using TorchSharp;

namespace MixPolicy.Torch.Probe;

/// <summary>Loads TorchSharp, computes with it, and says what was loaded.</summary>
internal static class LoadProbe
{
    public static string Run()
    {
        var runtime = TorchRuntime.Load();
        using var sum = torch.arange(10, dtype: torch.ScalarType.Float32).sum();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"sum={sum.item<float>()} source={runtime.Source} folder={runtime.LibTorchFolder} patched={runtime.PatchedForOldCppLibrary}");
    }
}
