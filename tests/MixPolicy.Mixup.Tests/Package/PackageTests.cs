using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Package;

public sealed class PackageTests
{
    private static readonly string Project = Path.Combine(Root(), "trainer", "MixPolicy.Mixup");

    [Fact]
    public void Sample_Runs_AndReachesTheWeights()
    {
        using var scope = NewDisposeScope();

        var (mixed, loss, network) = Sample.Run();

        mixed.Labels.sum(1).ShouldBeClose(ones(64), 1e-5, 0, "labels");
        double.IsFinite(loss.ToDouble()).ShouldBeTrue();
        network.parameters().ShouldAllBe(p => !ReferenceEquals(p.grad, null));
    }

    [Fact]
    public void Readme_ShowsTheSample_WhichHasTenLines()
    {
        var shown = File.ReadAllText(Path.Combine(Project, "README.md")).Split("```csharp\n")[1].Split("```")[0].TrimEnd().Split('\n');
        string[] run =
        [
            .. File.ReadAllLines(Path.Combine(Root(), "tests", "MixPolicy.Mixup.Tests", "Package", "Sample.cs"))
                .SkipWhile(line => !line.Contains("Run()")).Skip(2).TakeWhile(line => !line.Contains("return ")).Select(line => line.Trim()),
        ];

        shown.ShouldBe(run);
        shown.Length.ShouldBe(10);
    }

    [Fact]
    public void Readme_NamesEveryMethod()
    {
        var readme = File.ReadAllText(Path.Combine(Project, "README.md"));

        MixupMethods.All.ShouldAllBe(method => readme.Contains($"`{method.Name}`"));
    }

    [Theory]
    [InlineData("trainer/MixPolicy.Mixup", "MixPolicy.Mixup", "README.md")]
    [InlineData("torch/MixPolicy.Torch", "MixPolicy.Torch", null)]
    public async Task Pack_Project_HasLibraryAndWords(string project, string name, string? readme)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-pack-");
        try
        {
            // Packs what is built already; its configuration is that of the tests.
            var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Root(), RedirectStandardOutput = true };
            foreach (var argument in new[] { "pack", project, "-c", configuration, "--no-build", "-o", folder.FullName })
            {
                start.ArgumentList.Add(argument);
            }

            using var pack = Process.Start(start)!;
            var output = await pack.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await pack.WaitForExitAsync(TestContext.Current.CancellationToken);
            pack.ExitCode.ShouldBe(0, output);

            using var package = await ZipFile.OpenReadAsync(folder.GetFiles($"{name}.*.nupkg").Single().FullName, TestContext.Current.CancellationToken);
            var files = package.Entries.Select(entry => entry.FullName).ToArray();
            files.ShouldContain($"lib/net10.0/{name}.dll");
            files.ShouldContain($"lib/net10.0/{name}.xml");
            using var reader = new StreamReader(await package.GetEntry($"{name}.nuspec")!.OpenAsync(TestContext.Current.CancellationToken));
            var specification = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            specification.ShouldContain("<license type=\"expression\">MIT</license>");
            specification.ShouldContain("<tags>");
            specification.ShouldContain("TorchSharp");
            if (readme is not null)
            {
                files.ShouldContain(readme);
                specification.ShouldContain($"<readme>{readme}</readme>");
                specification.ShouldContain("id=\"MixPolicy.Torch\"");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
