using System.Reflection;

namespace MixPolicy.Torch.Native;

/// <summary>Where the native files are looked for.</summary>
/// <param name="LibTorch">Folder of libtorch.so, libtorch_cpu.so and libc10.so.</param>
/// <param name="Glue">Folder of libLibTorchSharp.so, TorchSharp's own native half.</param>
/// <param name="Source">Said in errors and logs: what named the folder.</param>
internal sealed record LibTorchFolders(string LibTorch, string Glue, string Source)
{
    public const string EnvironmentVariable = "MIXPOLICY_LIBTORCH";

    /// <summary>The folder beside the program into which a publish copies the native files.</summary>
    public const string PublishedFolder = "libtorch";

    /// <summary>
    /// In this order: the folder the user named (of a libtorch or a PyTorch installation, or its <c>lib</c>), the one published with the
    /// program, the NuGet package cache the build used.
    /// </summary>
    /// <exception cref="TorchLoadException">They are not there; the message says where it was looked.</exception>
    public static LibTorchFolders Find(string? userFolder, string baseDirectory)
    {
        // The second and third are where packages that bring their natives themselves (CUDA) put them: published for one system, and built.
        string[] beside = [Path.Combine(baseDirectory, PublishedFolder), baseDirectory, Path.Combine(baseDirectory, "runtimes", "linux-x64", "native")];
        var glue = FirstWith(NativeTorch.Glue, [.. beside, Metadata("TorchSharpNative")])
            ?? throw new TorchLoadException(
                $"{NativeTorch.Glue} was not found beside the program ({baseDirectory}) nor in the NuGet package folder the build used "
                + $"({Metadata("TorchSharpNative")}). Run 'dotnet restore', or publish the program again.");

        if (!string.IsNullOrWhiteSpace(userFolder))
        {
            var found = FirstWith(NativeTorch.Core, [userFolder, Path.Combine(userFolder, "lib"), Path.Combine(userFolder, "torch", "lib")]);
            return found is not null
                ? new(found, glue, EnvironmentVariable)
                : throw new TorchLoadException(
                    $"{EnvironmentVariable}={userFolder}: there is no {NativeTorch.Core} in that folder, its lib/ or its torch/lib/. Name the folder of a "
                    + "libtorch or PyTorch installation (python3 -c 'import torch; print(torch.__path__[0])' prints it), or unset the variable.");
        }

        if (FirstWith(NativeTorch.Core, beside) is { } own)
        {
            return new(own, glue, "the program's own folder");
        }

        return FirstWith(NativeTorch.Core, [Metadata("LibTorchNative")]) is { } package
            ? new(package, glue, "the NuGet package")
            : throw new TorchLoadException(
                $"{NativeTorch.Core} was not found beside the program ({baseDirectory}) nor in the NuGet package folder the build used ({Metadata("LibTorchNative")}). "
                + $"Run 'dotnet restore', publish the program again, or set {EnvironmentVariable} to the folder of a libtorch or PyTorch installation.");
    }

    private static string? FirstWith(string file, ReadOnlySpan<string?> folders)
    {
        foreach (var folder in folders)
        {
            if (!string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, file)))
            {
                return Path.GetFullPath(folder);
            }
        }

        return null;
    }

    private static string? Metadata(string key) =>
        typeof(LibTorchFolders).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
}
