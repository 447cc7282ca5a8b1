using System.Diagnostics;
using System.IO.Compression;

namespace MixPolicy.Testing;

/// <summary>A project's NuGet package.</summary>
/// <param name="Files">Paths in it.</param>
/// <param name="Specification">Its nuspec.</param>
public sealed record PackedProject(IReadOnlyList<string> Files, string Specification)
{
    /// <summary>Packs what is built already, in the configuration of the tests.</summary>
    /// <param name="project">Its folder, from the repository's root.</param>
    /// <param name="name">The package's.</param>
    /// <exception cref="InvalidOperationException">It cannot be packed; the message says why.</exception>
    public static async Task<PackedProject> PackAsync(string project, string name, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        var start = new ProcessStartInfo("dotnet", ["pack", Repository.PathOf(project), "-c", configuration, "--no-build", "-o", folder.Path]) { RedirectStandardOutput = true };
        using var pack = Process.Start(start)!;
        var output = await pack.StandardOutput.ReadToEndAsync(cancellationToken);
        await pack.WaitForExitAsync(cancellationToken);
        if (pack.ExitCode != 0)
        {
            throw new InvalidOperationException(output);
        }

        await using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(folder.Path, $"{name}.*.nupkg").Single(), cancellationToken);
        using var specification = new StreamReader(await package.GetEntry($"{name}.nuspec")!.OpenAsync(cancellationToken));
        return new([.. package.Entries.Select(entry => entry.FullName)], await specification.ReadToEndAsync(cancellationToken));
    }
}
