using Grpc.Core;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>The key that the service hands a trainer beside it, as in docker-compose.yml.</summary>
public sealed class TrainerKeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-keyfile-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "trainer.key");

    [Fact]
    public async Task FirstStart_PutsAKeyThere_AndLaterOnesKeepIt()
    {
        await using var service = await SecureService.StartAsync(WithFile);
        var key = Read();
        await service.Client(key).StartAsync(Scripted.RandomAgent());
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await service.Service.RestartAsync();
        Read().ShouldBe(key);
        await service.Client(key).GetAgentAsync(new() { Name = "agents/a" });
        service.ReadLogs().ShouldNotContain(key.Split('_', 3)[2]);
    }

    [Fact]
    public async Task Start_KeyWasRevoked_PutsANewOneThere()
    {
        await using var service = await SecureService.StartAsync(WithFile);
        var key = Read();
        await service.Client(key).StartAsync(Scripted.RandomAgent());
        await service.RevokeAsync(key);
        await service.Service.RestartAsync();
        Read().ShouldNotBe(key);
        await service.Client(key).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        (await service.Client(Read()).ListAgentsAsync(new())).Agents.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task FirstKeyOfAll_GetsTheAgentsOfBefore()
    {
        var withFile = false;
        await using var service = await SecureService.StartAsync(options => withFile ? WithFile(options) : options with { Authentication = AuthenticationKind.None });
        await service.Client(null).StartAsync(Scripted.RandomAgent());
        withFile = true;
        await service.Service.RestartAsync();
        (await service.Client(Read()).ListRunsAsync(new() { Parent = "agents/-" })).Runs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task KeysWereThereBefore_AgentsWithoutOwnerStayTheAdministrators()
    {
        var withFile = false;
        await using var service = await SecureService.StartAsync(options => withFile ? WithFile(options) : options with { Authentication = AuthenticationKind.None });
        await service.Client(null).StartAsync(Scripted.RandomAgent());
        await service.KeyAsync("ann", "viewer");
        withFile = true;
        await service.Service.RestartAsync();
        (await service.Client(Read()).ListAgentsAsync(new())).Agents.ShouldBeEmpty();
    }

    [Fact]
    public async Task FileHoldsSomethingElse_IsNotWrittenOver()
    {
        var text = new string('x', 1000);
        await File.WriteAllTextAsync(Path, text, TestContext.Current.CancellationToken);
        var refusal = await Should.ThrowAsync<SettingsException>(() => SecureService.StartAsync(WithFile));
        refusal.Message.ShouldContain($"MixPolicy:TrainerKeyFile is '{Path}', which cannot be used");
        Read().ShouldBe(text);
    }

    [Fact]
    public async Task FolderIsNotThere_SaysSo()
    {
        var refusal = await Should.ThrowAsync<SettingsException>(() => SecureService.StartAsync(options => options with { TrainerKeyFile = System.IO.Path.Combine(_folder, "none", "trainer.key") }));
        refusal.Message.ShouldContain("MixPolicy:TrainerKeyFile");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private AgentOptions WithFile(AgentOptions options) => options with { TrainerKeyFile = Path };

    private string Read() => File.ReadAllText(Path).Trim();
}
