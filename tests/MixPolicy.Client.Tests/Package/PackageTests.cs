using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Client.Tests.Package;

public sealed class PackageTests : IDisposable
{
    private static readonly string Project = Path.Combine(Root(), "trainer", "MixPolicy.Client");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sample_AgainstTheService_SteersATrainingToItsEnd()
    {
        await using var host = await AgentHost.StartAsync(_folder["agent"], Stop);
        List<Choice> choices = [];

        await Sample.RunAsync($"{host.GrpcAddress}", 3, Train, Stop);

        using var channel = AgentConnection.Open(host.GrpcAddress);
        var run = (await new PolicyService.PolicyServiceClient(channel).ListRunsAsync(new() { Parent = "agents/-" }, cancellationToken: Stop)).Runs.ShouldHaveSingleItem();
        (run.State, run.Decisions, run.Reports).ShouldBe((RunState.Finished, 3, 3));
        choices.Count.ShouldBe(3);

        Report Train(int epoch, Choice choice)
        {
            choices.Add(choice);
            return new() { Progress = (epoch + 1) / 3.0, TrainLoss = 2, TrainTop1Weighted = 0.2, HoldoutLoss = 2 - (0.1 * epoch), LearningRate = 0.1 };
        }
    }

    [Fact]
    public void Readme_ShowsTheSample()
    {
        var shown = File.ReadAllText(Path.Combine(Project, "README.md")).Split("```csharp\n")[1].Split("```")[0].TrimEnd().Split('\n');
        string[] run =
        [
            .. File.ReadAllLines(Path.Combine(Root(), "tests", "MixPolicy.Client.Tests", "Package", "Sample.cs"))
                .SkipWhile(line => !line.Contains("RunAsync(")).Skip(2).TakeWhile(line => line != "    }").Select(line => line.Trim()).Where(line => line.Length > 0),
        ];

        shown.Select(line => line.Trim()).ShouldBe(run);
        // Braces do not count.
        shown.Count(line => line.Trim() is not ("{" or "}")).ShouldBeLessThanOrEqualTo(10);
    }

    [Theory]
    [InlineData("trainer/MixPolicy.Client", "MixPolicy.Client", "MixPolicy.Protos")]
    [InlineData("protos", "MixPolicy.Protos", "Google.Protobuf")]
    public async Task Pack_Project_HasLibraryAndWords(string project, string name, string needs)
    {
        // Packs what is built already; its configuration is that of the tests.
        var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        var start = new ProcessStartInfo("dotnet", ["pack", project, "-c", configuration, "--no-build", "-o", _folder.Path]) { WorkingDirectory = Root(), RedirectStandardOutput = true };
        using var pack = Process.Start(start)!;
        var output = await pack.StandardOutput.ReadToEndAsync(Stop);
        await pack.WaitForExitAsync(Stop);
        pack.ExitCode.ShouldBe(0, output);

        await using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(_folder.Path, $"{name}.*.nupkg").Single(), Stop);
        var files = package.Entries.Select(entry => entry.FullName).ToArray();
        files.ShouldContain($"lib/net10.0/{name}.dll");
        files.ShouldContain($"lib/net10.0/{name}.xml");
        using var reader = new StreamReader(await package.GetEntry($"{name}.nuspec")!.OpenAsync(Stop));
        var specification = await reader.ReadToEndAsync(Stop);
        specification.ShouldContain("<license type=\"expression\">MIT</license>");
        specification.ShouldContain("<tags>");
        specification.ShouldContain($"id=\"{needs}\"");
        // The service and libtorch are no part of a client.
        specification.ShouldNotContain("TorchSharp");
        specification.ShouldNotContain("id=\"MixPolicy.Agent\"");
        if (name == "MixPolicy.Client")
        {
            files.ShouldContain("README.md");
            specification.ShouldContain("<readme>README.md</readme>");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
