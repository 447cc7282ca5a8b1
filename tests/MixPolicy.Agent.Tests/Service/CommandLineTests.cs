using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Tests.Service;

public sealed class CommandLineTests
{
    [Fact]
    public void Help_NamesEverySettingInAllItsForms()
    {
        var help = CommandLine.Help();
        foreach (var property in typeof(AgentOptions).GetProperties())
        {
            help.ShouldContain($"MixPolicy__{property.Name}");
            help.ShouldContain($"MixPolicy:{property.Name}");
        }

        help.ShouldContain("--grpc-port VALUE");
        help.ShouldContain("5080");
    }

    [Fact]
    public void Read_CommandLine_WinsOverOtherSources()
    {
        var sources = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["MixPolicy:GrpcPort"] = "1", ["MixPolicy:HttpPort"] = "2" });
        var options = CommandLine.Read(["--grpc-port", "7000", "--data-folder=x"], sources);
        (options.GrpcPort, options.HttpPort, options.DataFolder).ShouldBe((7000, 2, "x"));
    }

    [Theory]
    [InlineData("--grpc-port 70000", "MixPolicy:GrpcPort is '70000'; allowed: 0 to 65535")]
    [InlineData("--grpc-port many", "MixPolicy:GrpcPort")]
    [InlineData("--address nowhere", "an IP address")]
    [InlineData("--no-such 1", "unknown option '--no-such'")]
    [InlineData("--grpc-port", "needs a value")]
    public void Read_NotAllowed_SaysWhatIs(string line, string message) =>
        Should.Throw<SettingsException>(() => CommandLine.Read(line.Split(' '), new ConfigurationBuilder())).Message.ShouldContain(message);
}
