using System.Diagnostics;

namespace MixPolicy.Torch.Tests;

/// <summary>Starts MixPolicy.Torch.Probe as a process of its own.</summary>
internal static class ProbeProcess
{
    private const string Program = "MixPolicy.Torch.Probe.dll";

    /// <param name="folder">Where the probe lies: beside the tests, or a copy made by <see cref="CopyTo"/>.</param>
    public static Process Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["exec", Path.Combine(folder, Program), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("MIXPOLICY_LIBTORCH");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("the probe did not start");
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Copies the probe and the managed assemblies it needs.</summary>
    public static void CopyTo(string folder)
    {
        foreach (var pattern in (string[])["MixPolicy.Torch.*", "TorchSharp.dll", "Google.Protobuf.dll", "ICSharpCode.SharpZipLib.dll", "SkiaSharp.dll"])
        {
            foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, pattern))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        }
    }
}
