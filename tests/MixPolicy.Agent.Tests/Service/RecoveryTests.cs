using Google.Protobuf;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

/// <summary>
/// What goes wrong leaves no trace in what is decided: agent a meets it, agent b is its twin (draws depend on seed, run id and interval only) and does not.
/// </summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private const int Intervals = 12;

    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Decide_CommitFails_IsUnavailableAndLeavesNoTrace()
    {
        var (a, b) = await TwinsAsync();
        for (var interval = 0; interval < Intervals; interval++)
        {
            await ExecuteAsync("CREATE TRIGGER full BEFORE INSERT ON log WHEN NEW.AgentId = 'a' BEGIN SELECT RAISE(ABORT, 'disk full'); END");
            var refusal = await Client.DecideAsync(Scripted.Decide(a, interval)).RefusedAsync(StatusCode.Unavailable);
            refusal.Status.Detail.ShouldNotContain("SQLite");
            await ExecuteAsync("DROP TRIGGER full");
            await DecideAlikeAsync(a, b, interval);
        }
    }

    [Fact]
    public async Task Snapshot_Damaged_TheOneBeforeAndTheLogGiveTheSame()
    {
        var (a, b) = await TwinsAsync();
        for (var interval = 0; interval < Intervals; interval++)
        {
            await DecideAlikeAsync(a, b, interval);
            if (interval is 6 or 9)
            {
                await _service.GoDownAsync();
                var newest = Directory.GetDirectories(Path.Combine(_service.DataFolder, "snapshots"), "a.*").Single();
                newest = Directory.GetDirectories(newest, "step-*").Order(StringComparer.Ordinal).Last();
                var file = Directory.GetFiles(newest, "*.safetensors").First();
                var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
                bytes[^1] ^= 1;
                await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
                await _service.ComeUpAsync();
            }
        }

        ReadLog().ShouldContain("is not used");
        ReadLog().ShouldNotContain("INTEGRITY");
    }

    [Fact]
    public async Task Log_DiffersFromItsReplay_TheLogHoldsAndTheAgentIsNotServed()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var decision = await Client.DecideAsync(Scripted.Decide(started, 0));
        await _service.GoDownAsync();
        decision.Choice = new() { Method = Method.Vanilla };
        decision.PolicyVersion = 7;
        await ExecuteAsync($"UPDATE log SET Payload = x'{Convert.ToHexString(decision.ToByteArray())}' WHERE Kind = 2");
        await _service.ComeUpAsync();
        var refusal = await Client.DecideAsync(Scripted.Decide(started, 1)).RefusedAsync(StatusCode.FailedPrecondition);
        refusal.Status.Detail.ShouldContain("another version");
        (await Client.DecideAsync(Scripted.Decide(started, 0))).ShouldBe(decision);
        await _service.GoDownAsync();
        ReadLog().ShouldContain("INTEGRITY");
        await _service.ComeUpAsync();
    }

    [Fact]
    public async Task Log_DiffersFromItsReplayByRounding_TheLogHoldsAndTheAgentGoesOn()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var decision = await Client.DecideAsync(Scripted.Decide(started, 0));
        await _service.GoDownAsync();
        decision.LogProbability += 1e-9;
        await ExecuteAsync($"UPDATE log SET Payload = x'{Convert.ToHexString(decision.ToByteArray())}' WHERE Kind = 2");
        await _service.ComeUpAsync();
        (await Client.DecideAsync(Scripted.Decide(started, 1))).Interval.ShouldBe(1);
        (await Client.DecideAsync(Scripted.Decide(started, 0))).ShouldBe(decision);
        await _service.GoDownAsync();
        ReadLog().ShouldContain("other roundings");
        await _service.ComeUpAsync();
    }

    private async Task<(StartRunResponse A, StartRunResponse B)> TwinsAsync() => (
        await Client.StartAsync(Scripted.PpoAgent(rollout: 2), "a", intervals: Intervals),
        await Client.StartAsync(Scripted.PpoAgent(rollout: 2), "b", intervals: Intervals));

    private async Task DecideAlikeAsync(StartRunResponse a, StartRunResponse b, int interval)
    {
        var met = await Client.DecideAsync(Scripted.Decide(a, interval));
        var spared = await Client.DecideAsync(Scripted.Decide(b, interval));
        spared.Name = met.Name;
        met.ShouldBe(spared);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(_service.DataFolder, "agent.db")};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private string ReadLog()
    {
        var log = Directory.GetFiles(Path.Combine(_service.DataFolder, "logs")).Single();
        // The service may still have it open.
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
