using System.Net;
using Grpc.Health.V1;
using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;

namespace MixPolicy.Agent.Tests.Service;

public sealed class HostTests
{
    [Fact]
    public async Task TwoServices_SideBySide_KeepToThemselves()
    {
        await using var left = await TestService.StartAsync();
        await using var right = await TestService.StartAsync();
        var started = await Task.WhenAll(
            left.Client.StartAsync(Scripted.RandomAgent(seed: 1)),
            right.Client.StartAsync(Scripted.RandomAgent(seed: 2)));
        var decisions = await Task.WhenAll(
            left.Client.DecideAsync(Scripted.Decide(started[0], 0)).ResponseAsync,
            right.Client.DecideAsync(Scripted.Decide(started[1], 0)).ResponseAsync);
        decisions[0].ShouldNotBe(decisions[1]);
        (await left.Client.GetAgentAsync(new() { Name = "agents/a" })).Spec.Seed.ShouldBe(1u);
        (await right.Client.GetAgentAsync(new() { Name = "agents/a" })).Spec.Seed.ShouldBe(2u);
    }

    [Fact]
    public async Task SecondService_OnTheSameFolder_IsRefused()
    {
        await using var service = await TestService.StartAsync();
        var refusal = await Should.ThrowAsync<SettingsException>(() => AgentHost.StartAsync(service.DataFolder, TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain("in use by another service");
    }

    [Fact]
    public async Task Health_IsServedOnBothPorts()
    {
        await using var service = await TestService.StartAsync();
        using var http = new HttpClient { BaseAddress = service.HttpAddress };
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            (await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var reply = await new Health.HealthClient(service.Channel).CheckAsync(new());
        reply.Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
    }

    [Fact]
    public async Task Start_KilledInTheFirstMigration_MakesItAgain()
    {
        await using var service = await TestService.StartAsync();
        await service.GoDownAsync();
        // What a process killed then leaves behind: the lock of the migration, and none of its tables.
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(service.DataFolder, "agent.db")};Pooling=False"))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            var command = database.CreateCommand();
            command.CommandText = """
                INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, '2026-01-01');
                DELETE FROM "__EFMigrationsHistory"; DROP TABLE "artifacts"; DROP TABLE "batches"; DROP TABLE "imports"; DROP TABLE "log"; DROP TABLE "runs"; DROP TABLE "agents";
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await service.ComeUpAsync();
        await service.Client.StartAsync(Scripted.RandomAgent());
    }

    [Fact]
    public async Task Start_DatabaseOfAnEarlierStart_IsKept()
    {
        await using var service = await TestService.StartAsync();
        await service.Client.StartAsync(Scripted.RandomAgent());
        await service.RestartAsync();
        (await service.Client.ListRunsAsync(new() { Parent = "agents/a" })).Runs.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Start_DatabaseIsNoDatabase_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-agent-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "agent.db"), new string('x', 5000), TestContext.Current.CancellationToken);
        var refusal = await Should.ThrowAsync<SettingsException>(() => AgentHost.StartAsync(folder.FullName, TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain("agent.db");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Log_OfAnEmbeddedService_IsInItsFolder()
    {
        await using var service = await TestService.StartAsync();
        await service.GoDownAsync();
        Directory.GetFiles(Path.Combine(service.DataFolder, "logs"), "agent-*.log").ShouldHaveSingleItem();
        await service.ComeUpAsync();
    }
}
