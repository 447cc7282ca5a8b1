using MixPolicy.Agent.Hosting;
using MixPolicy.Testing;
using MixPolicy.V1;

namespace MixPolicy.Client.Tests.Package;

public sealed class PackageTests : IDisposable
{
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
        var shown = ReadmeSample.Shown("trainer/MixPolicy.Client/README.md");

        shown.ShouldBe(ReadmeSample.Run("tests/MixPolicy.Client.Tests/Package/Sample.cs", "RunAsync(", line => line == "    }"));
        // Braces do not count.
        shown.Count(line => line is not ("{" or "}")).ShouldBeLessThanOrEqualTo(10);
    }

    [Theory]
    [InlineData("trainer/MixPolicy.Client", "MixPolicy.Client", "MixPolicy.Protos")]
    [InlineData("protos", "MixPolicy.Protos", "Google.Protobuf")]
    public async Task Pack_Project_HasLibraryAndWords(string project, string name, string needs)
    {
        var (files, specification) = await PackedProject.PackAsync(project, name, Stop);

        files.ShouldContain($"lib/net10.0/{name}.dll");
        files.ShouldContain($"lib/net10.0/{name}.xml");
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
}
