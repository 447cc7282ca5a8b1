using Grpc.Core;
using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

public sealed class KeyTests
{
    [Fact]
    public async Task Call_WithoutKey_IsRefusedAndSaysWhatIsNeeded()
    {
        await using var service = await SecureService.StartAsync();
        var refusal = await service.Client(null).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        refusal.Status.Detail.ShouldContain("authorization: Bearer mp_ID_SECRET");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("mp_aaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("mp_../../etc/_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Call_WithAKeyThatIsNone_IsRefused(string key)
    {
        await using var service = await SecureService.StartAsync();
        await service.Client(key).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task Call_WithTheSecretOfAnotherKey_IsRefused()
    {
        await using var service = await SecureService.StartAsync();
        var (ann, bob) = (await service.KeyAsync("ann", "admin"), await service.KeyAsync("bob", "viewer"));
        var forged = $"mp_{SecureService.IdOf(ann)}_{bob.Split('_', 3)[2]}";
        var refusal = await service.Client(forged).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        refusal.Status.Detail.ShouldContain("no such key");
    }

    [Fact]
    public async Task Revoke_InAnotherProcess_WorksFromTheNextCallOn()
    {
        await using var service = await SecureService.StartAsync();
        var key = await service.KeyAsync("ann", "trainer");
        var client = service.Client(key);
        await client.ListAgentsAsync(new());
        await service.RevokeAsync(key);
        var refusal = await client.ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        refusal.Status.Detail.ShouldContain("was revoked at");
    }

    [Fact]
    public async Task Expiry_HasPassed_KeyIsRefused()
    {
        await using var service = await SecureService.StartAsync();
        var client = service.Client(await service.KeyAsync("ann", "trainer", "--expires", "2h"));
        await client.ListAgentsAsync(new());
        service.Service.Time.Advance(TimeSpan.FromHours(3));
        var refusal = await client.ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        refusal.Status.Detail.ShouldContain("expired at");
    }

    [Fact]
    public async Task Revoke_WhileStreamsAreOpen_EndsThemWithinASecondOrSo()
    {
        await using var service = await SecureService.StartAsync();
        var key = await service.KeyAsync("ann", "trainer");
        var other = await service.ClientAsync("ann", "trainer");
        var client = service.Client(key);
        var started = await client.StartAsync(Scripted.RandomAgent());
        using var watch = client.Watch(new() { Name = "agents/-", LiveOnly = true });
        await watch.ResponseHeadersAsync;
        using var untouched = other.Watch(new() { Name = "agents/-", LiveOnly = true });
        await untouched.ResponseHeadersAsync;
        using var steer = client.Steer();
        await steer.RequestStream.WriteAsync(new() { Decide = Scripted.Decide(started, 0) });
        await steer.ResponseStream.MoveNext();
        await service.RevokeAsync(key);
        // Far below how long a test may hang, far above a second: two busy cores.
        var limit = TimeSpan.FromSeconds(10);
        foreach (var end in new[] { EndAsync(watch.ResponseStream), EndAsync(steer.ResponseStream) })
        {
            var refusal = await Should.ThrowAsync<RpcException>(() => end.WaitAsync(limit));
            (refusal.StatusCode, refusal.Status.Detail.Contains("was revoked at", StringComparison.Ordinal)).ShouldBe((StatusCode.Unauthenticated, true));
        }

        await other.DecideAsync(Scripted.Decide(started, 0));
        (await untouched.ResponseStream.MoveNext()).ShouldBeTrue();
    }

    [Fact]
    public async Task FailedAttempts_TooMany_AreNotLookedAtAndOthersAreNotLockedOut()
    {
        await using var service = await SecureService.StartAsync();
        var (ann, bob) = (await service.KeyAsync("ann", "trainer"), await service.KeyAsync("bob", "trainer"));
        var guess = service.Client(ann[..^2] + "xx");
        for (var i = 0; i < 10; i++)
        {
            await guess.ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        }

        await guess.ListAgentsAsync(new()).RefusedAsync(StatusCode.ResourceExhausted);
        // Not even the right secret: or whoever guesses it would know.
        await service.Client(ann).ListAgentsAsync(new()).RefusedAsync(StatusCode.ResourceExhausted);
        await service.Client(bob).ListAgentsAsync(new());
    }

    [Fact]
    public async Task Database_HoldsNoSecret()
    {
        await using var service = await SecureService.StartAsync();
        var key = await service.KeyAsync("ann", "trainer");
        await service.Client(key).ListAgentsAsync(new());
        await service.Service.GoDownAsync();
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(service.Service.DataFolder, "agent.db")};Pooling=False"))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = database.CreateCommand();
            command.CommandText = "SELECT LENGTH(Hash), LastUsed FROM keys";
            await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            row.Read().ShouldBeTrue();
            row.GetInt32(0).ShouldBe(32);
            row.IsDBNull(1).ShouldBeFalse("the use is written down as the service stops");
        }

        var secret = System.Text.Encoding.ASCII.GetBytes(key.Split('_', 3)[2]);
        foreach (var file in Directory.GetFiles(service.Service.DataFolder, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(secret).ShouldBe(-1, file);
        }

        await service.Service.ComeUpAsync();
    }

    [Fact]
    public async Task Logs_HaveKeyIdsAndNoSecrets()
    {
        await using var service = await SecureService.StartAsync(options => options with { LogLevel = Serilog.Events.LogEventLevel.Verbose });
        var key = await service.KeyAsync("ann", "trainer");
        await service.Client(key).StartAsync(Scripted.RandomAgent());
        await service.Client(key + "x").ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        var wrong = key[..^2] + "zz";
        await service.Client(wrong).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        await service.Service.RestartAsync();
        var logs = service.ReadLogs();
        logs.ShouldContain(SecureService.IdOf(key));
        logs.ShouldNotContain(key.Split('_', 3)[2][..20]);
    }

    [Fact]
    public async Task Audit_TellsWhoDidWhatFromWhere()
    {
        await using var service = await SecureService.StartAsync(options => options with { LogLevel = Serilog.Events.LogEventLevel.Fatal });
        var key = await service.KeyAsync("ann", "trainer");
        var client = service.Client(key);
        await client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        await client.DeleteAgentAsync(new() { Name = "agents/a" });
        await service.Client(null).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        await service.RevokeAsync(key);
        await client.ListAgentsAsync(new()).RefusedAsync(StatusCode.Unauthenticated);
        await service.Service.RestartAsync();
        var events = service.ReadAudit().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!).ToList();
        string[] names = [.. events.Select(happened => happened["EventId"]!["Name"]!.ToString())];
        names.ShouldBe(["KeyCreated", "AgentCreated", "AgentDeleted", "CallRefused", "KeyRevoked", "KeyRefused", "CallRefused"], ignoreOrder: true);
        var deleted = events[Array.IndexOf(names, "AgentDeleted")];
        (deleted["Agent"]!.ToString(), deleted["Key"]!.ToString(), deleted["Owner"]!.ToString(), deleted["From"]!.ToString())
            .ShouldBe(("agents/a", SecureService.IdOf(key), "ann", "127.0.0.1"));
    }

    private static async Task EndAsync<T>(IAsyncStreamReader<T> stream)
    {
        while (await stream.MoveNext(TestContext.Current.CancellationToken))
        {
        }
    }
}
