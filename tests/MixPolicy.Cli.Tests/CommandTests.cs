using System.Text.Json;

namespace MixPolicy.Cli.Tests;

public sealed class CommandTests(CliService service) : IClassFixture<CliService>
{
    [Fact]
    public async Task AgentAndRuns_AreListedShownAndDeleted()
    {
        await service.DecideAsync("first");
        var (_, agents, _) = await service.RunAsync("agent", "list");
        agents.ShouldContain("agents/first");
        agents.ShouldContain("random");
        var (_, runs, _) = await service.RunAsync("runs", "list", "--of", "first", "--state", "active");
        runs.ShouldContain("agents/first/runs/r");
        runs.ShouldContain("0/5");
        (await service.RunAsync("runs", "list", "--of", "first", "--state", "finished")).Output.ShouldNotContain("agents/first");
        (await service.RunAsync("runs", "show", "agents/first/runs/r")).Output.ShouldContain("interval", Case.Insensitive);

        // A run is active.
        var (refused, _, error) = await service.RunAsync("agent", "delete", "first");
        refused.ShouldBe(1);
        error.ShouldContain("agents/first/runs/r is active");
        (await service.RunAsync("agent", "delete", "agents/first", "--force")).Output.ShouldBe("deleted agents/first" + Environment.NewLine);
        (await service.RunAsync("agent", "list")).Output.ShouldNotContain("agents/first");
    }

    [Fact]
    public async Task Json_IsOneObjectALine_WithTheContractsNames()
    {
        await service.DecideAsync("second");
        var (_, agents, _) = await service.RunAsync("agent", "list", "--json");
        var lines = agents.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        lines.Select(line => JsonDocument.Parse(line).RootElement).ShouldContain(agent => agent.GetProperty("name").GetString() == "agents/second" && agent.GetProperty("policy_version").GetString() == "0");
        var (_, decisions, _) = await service.RunAsync("runs", "show", "agents/second/runs/r", "--json");
        JsonDocument.Parse(decisions).RootElement.GetProperty("decision").GetProperty("interval").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task ExportThenImport_CarryAPolicyToAnotherAgent()
    {
        foreach (var agent in new[] { "teacher", "pupil" })
        {
            await service.Client.CreateAgentAsync(new() { AgentId = agent, Spec = new() { RlMixSet = new(), Seed = 1 } }, cancellationToken: TestContext.Current.CancellationToken);
        }

        var file = Path.Combine(Path.GetTempPath(), $"mixpolicy-{Guid.NewGuid():N}");
        var (exported, said, _) = await service.RunAsync("export", "teacher", file);
        exported.ShouldBe(0);
        said.ShouldContain("after 0 updates");
        (await service.RunAsync("import", "pupil", file)).Output.ShouldStartWith("agents/pupil has ");

        // Of another kind, and not a policy at all.
        await service.Client.CreateAgentAsync(new() { AgentId = "other", Spec = new() { Random = new() } }, cancellationToken: TestContext.Current.CancellationToken);
        (await service.RunAsync("import", "other", file)).Code.ShouldBe(1);
        await File.WriteAllTextAsync(file, "nonsense", TestContext.Current.CancellationToken);
        var (code, _, error) = await service.RunAsync("import", "pupil", file);
        code.ShouldBe(1);
        error.ShouldContain("is not a policy");
        File.Delete(file);
    }

    [Fact]
    public async Task Keys_AreMadeListedAndRevoked_BesideTheService()
    {
        var (made, key, error) = await service.RunAsync("keys", "create", "--owner", "alice", "--role", "viewer", "--data-folder", service.DataFolder);
        made.ShouldBe(0, error);
        key.ShouldContain("mp_");
        (await service.RunAsync("keys", "list", "--data-folder", service.DataFolder)).Output.ShouldContain("alice");
        var (_, listed, _) = await service.RunAsync("keys", "list", "--json", "--data-folder", service.DataFolder);
        listed.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .ShouldContain(row => row.GetProperty("owner").GetString() == "alice" && row.GetProperty("last_used").ValueKind == JsonValueKind.Null);
        key.Split('_', 3)[2].ShouldNotBeEmpty();
        listed.ShouldNotContain(key.Split('_', 3)[2].Trim());
    }

    [Theory]
    [InlineData(2, "--state is 'gone'; allowed: active, stale, finished", "runs", "list", "--state", "gone")]
    [InlineData(1, "agents/nobody does not exist", "agent", "show", "nobody")]
    [InlineData(1, "name", "agent", "show", "UPPER")]
    [InlineData(2, "'cmd'", "completion", "cmd")]
    [InlineData(2, "Required command", "runs")]
    public async Task WhatIsWrong_IsOneLine(int code, string part, params string[] args)
    {
        var (got, _, error) = await service.RunAsync(args);
        got.ShouldBe(code, error);
        error.ShouldStartWith("error: ");
        error.ShouldContain(part);
        error.TrimEnd().ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_PrintsAScriptThatAsksTheProgram(string shell)
    {
        using var output = new StringWriter();
        (await Tool.RunAsync(["completion", shell], output, TextWriter.Null, TestContext.Current.CancellationToken)).ShouldBe(0);
        output.ToString().ShouldContain("[suggest:");
    }

    [Fact]
    public async Task Suggestions_OfACommand_AreItsSubcommands()
    {
        using var output = new StringWriter();
        await Tool.RunAsync(["[suggest:15]", "mixpolicy runs "], output, TextWriter.Null, TestContext.Current.CancellationToken);
        output.ToString().Split(Environment.NewLine).ShouldContain("list");
    }
}
