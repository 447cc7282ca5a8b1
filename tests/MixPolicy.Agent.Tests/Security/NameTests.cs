using Grpc.Core;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>Names that try to be paths, or lines of a log.</summary>
public sealed class NameTests
{
    [Fact]
    public async Task Names_WithTricks_AreRefusedEverywhere()
    {
        await using var service = await SecureService.StartAsync();
        var client = await service.ClientAsync("ann", "trainer");
        foreach (var id in new[] { "..", "../x", "..\\x", "a/../b", "a/b", "/etc/passwd", "a%2f..%2fb", "a\0", "a\n", "A", "-", "a.", ".a", "a..b", "a'; DROP TABLE agents; --", "ａ", new string('a', 64) })
        {
            await client.CreateAgentAsync(new() { AgentId = id, Spec = Scripted.RandomAgent() }).RefusedAsync(StatusCode.InvalidArgument);
            await client.GetAgentAsync(new() { Name = $"agents/{id}" }).RefusedAsync(StatusCode.InvalidArgument);
            await client.DeleteAgentAsync(new() { Name = $"agents/{id}", Force = true }).RefusedAsync(StatusCode.InvalidArgument);
            await client.StartRunAsync(new() { Parent = "agents/a", RunId = id, Spec = Scripted.Run() }).RefusedAsync(StatusCode.InvalidArgument);
            await client.GetRunAsync(new() { Name = $"agents/a/runs/{id}" }).RefusedAsync(StatusCode.InvalidArgument);
        }

        var folders = Directory.GetDirectories(service.Service.DataFolder).Select(Path.GetFileName);
        folders.ShouldBeSubsetOf(["logs", "audit", "snapshots", "session-keys"]);
        Directory.Exists(Path.Combine(service.Service.DataFolder, "snapshots")).ShouldBeFalse();
    }

    [Fact]
    public async Task Names_WithLineBreaks_ForgeNoLineOfTheLog()
    {
        await using var service = await SecureService.StartAsync();
        var client = await service.ClientAsync("ann", "trainer");
        var refusal = await client.GetAgentAsync(new() { Name = "agents/a\r\n2026-01-01 00:00:00.000 INF forged\u2028line" }).RefusedAsync(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldNotContain("\n");
        await service.Service.RestartAsync();
        service.ReadLogs().Split('\n').ShouldNotContain(line => line.StartsWith("2026-01-01 00:00:00.000", StringComparison.Ordinal));
    }
}
