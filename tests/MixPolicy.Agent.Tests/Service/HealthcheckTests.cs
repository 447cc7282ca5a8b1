using System.Diagnostics;
using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Hosting;

namespace MixPolicy.Agent.Tests.Service;

public sealed class HealthcheckTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task Ask_ServiceIsReady_IsHealthy(string address)
    {
        await using var service = await TestService.StartAsync();
        using var line = new StringWriter();
        (await HealthQuestion.AskAsync(new() { Address = address, GrpcPort = service.GrpcPort }, line)).ShouldBe(0);
        line.ToString().ShouldBe($"healthy: the service at http://127.0.0.1:{service.GrpcPort}/ is ready{Environment.NewLine}");
    }

    [Fact]
    public async Task Ask_DatabaseCannotBeRead_IsUnhealthy()
    {
        await using var service = await TestService.StartAsync();
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(service.DataFolder, "agent.db")};Pooling=False"))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            var command = database.CreateCommand();
            command.CommandText = "ALTER TABLE agents RENAME TO lost";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var line = new StringWriter();
        (await HealthQuestion.AskAsync(new() { GrpcPort = service.GrpcPort }, line)).ShouldBe(1);
        line.ToString().ShouldContain("answers NotServing; its log says why");
    }

    [Fact]
    public async Task Ask_PortIsAnyFreeOne_SaysWhatIsMissing()
    {
        using var line = new StringWriter();
        (await HealthQuestion.AskAsync(new() { GrpcPort = 0 }, line)).ShouldBe(1);
        line.ToString().ShouldStartWith("unhealthy: MixPolicy:GrpcPort is 0");
    }

    [Fact]
    public async Task Command_ServiceComesAndGoes_EndsWith0And1AndOneLine()
    {
        await using var service = await TestService.StartAsync();
        (await RunAsync("--grpc-port", $"{service.GrpcPort}")).ShouldBe((0, $"healthy: the service at http://127.0.0.1:{service.GrpcPort}/ is ready\n"));
        var port = service.GrpcPort;
        await service.GoDownAsync();
        var (code, output) = await RunAsync("--grpc-port", $"{port}");
        code.ShouldBe(1);
        output.ShouldStartWith($"unhealthy: no answer from http://127.0.0.1:{port}/: Unavailable, ");
        output.ShouldEndWith("\n");
        output.TrimEnd('\n').ShouldNotContain("\n");
        await service.ComeUpAsync();
    }

    [Fact]
    public async Task Command_SettingIsWrong_EndsWith1() =>
        (await RunAsync("--grpc-port", "70000")).ShouldBe((1, "MixPolicy:GrpcPort is '70000'; allowed: 0 to 65535\n"));

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MixPolicy.Agent.dll"), HealthQuestion.Command, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
