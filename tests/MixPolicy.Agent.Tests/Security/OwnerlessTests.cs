using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>Turning on keys where agents were made without: nobody should have to find out why they are gone.</summary>
public sealed class OwnerlessTests
{
    [Fact]
    public async Task KeysTurnedOn_OverAgentsWithoutOwner_IsWarnedOfByCommandAndService()
    {
        var asked = AuthenticationKind.None;
        await using var service = await TestService.StartAsync(options => options with { Authentication = asked });
        await service.Client.CreateAgentAsync(new() { AgentId = "old", Spec = Scripted.RandomAgent() });
        ReadLog(service).ShouldNotContain("have no owner");

        // The key that is made first is not the service's own for its trainer, so that gives the agents to nobody.
        (await CreateKeyAsync(service, "viewer")).ShouldContain("warning: 1 agents have no owner, because they were made while nobody was asked for a key: under --authentication Keys only administrators see them.");
        asked = AuthenticationKind.Keys;
        await service.RestartAsync();
        ReadLog(service).ShouldContain("1 agents have no owner, because they were made while nobody was asked for a key: no key that works sees them. `keys create --adopt`, while the service is stopped");

        await service.GoDownAsync();
        (await CreateKeyAsync(service, "trainer", "--adopt")).ShouldNotContain("warning");
        (await CreateKeyAsync(service, "trainer")).ShouldNotContain("warning");
        await service.ComeUpAsync();
    }

    private static async Task<string> CreateKeyAsync(TestService service, string role, params string[] more)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] arguments = ["keys", "create", "--owner", "ann", "--role", role, "--data-folder", service.DataFolder, .. more];
        (await AdministratorCommands.RunAsync(arguments, new ConfigurationBuilder(), output, error, TestContext.Current.CancellationToken)).ShouldBe(0, $"{error}");
        return $"{error}";
    }

    private static string ReadLog(TestService service)
    {
        using var reader = new StreamReader(new FileStream(Directory.GetFiles(Path.Combine(service.DataFolder, "logs")).Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
