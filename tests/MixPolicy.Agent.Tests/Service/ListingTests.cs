using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

public sealed class ListingTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task ListAgents_Pages_AreOrderedAndStableUnderInserts()
    {
        foreach (var id in new[] { "e", "b", "d", "a-b", "a" })
        {
            await Client.CreateAgentAsync(new() { AgentId = id, Spec = Scripted.RandomAgent() });
        }

        var first = await Client.ListAgentsAsync(new() { PageSize = 2 });
        await Client.CreateAgentAsync(new() { AgentId = "a-a", Spec = Scripted.RandomAgent() });
        await Client.CreateAgentAsync(new() { AgentId = "c", Spec = Scripted.RandomAgent() });
        var second = await Client.ListAgentsAsync(new() { PageSize = 2, PageToken = first.NextPageToken });
        var third = await Client.ListAgentsAsync(new() { PageSize = 2, PageToken = second.NextPageToken });
        first.Agents.Select(agent => agent.Name).ShouldBe(["agents/a", "agents/a-b"]);
        second.Agents.Select(agent => agent.Name).ShouldBe(["agents/b", "agents/c"]);
        third.Agents.Select(agent => agent.Name).ShouldBe(["agents/d", "agents/e"]);
        third.NextPageToken.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListRuns_OfOneAndOfAllAgents()
    {
        foreach (var (agent, run) in new[] { ("a", "2"), ("a", "1"), ("b", "1") })
        {
            await Client.StartAsync(Scripted.RandomAgent(), agent, run);
        }

        (await Client.ListRunsAsync(new() { Parent = "agents/a" })).Runs.Select(run => run.Name).ShouldBe(["agents/a/runs/1", "agents/a/runs/2"]);
        var first = await Client.ListRunsAsync(new() { Parent = "agents/-", PageSize = 2 });
        var second = await Client.ListRunsAsync(new() { Parent = "agents/-", PageSize = 2, PageToken = first.NextPageToken });
        first.Runs.Concat(second.Runs).Select(run => run.Name).ShouldBe(["agents/a/runs/1", "agents/a/runs/2", "agents/b/runs/1"]);
        second.NextPageToken.ShouldBeEmpty();
    }

    [Fact]
    public async Task ListDecisions_Pages_HoldReportsAndRewards()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        for (var interval = 0; interval < 5; interval++)
        {
            await Client.DecideAsync(Scripted.Decide(started, interval));
        }

        var first = await Client.ListDecisionsAsync(new() { Parent = started.Run.Name, PageSize = 3 });
        var second = await Client.ListDecisionsAsync(new() { Parent = started.Run.Name, PageSize = 3, PageToken = first.NextPageToken });
        var all = first.Decisions.Concat(second.Decisions).ToList();
        all.Select(record => record.Decision.Interval).ShouldBe(Enumerable.Range(0, 5));
        all[..4].ShouldAllBe(record => record.Report != null && record.HasReward);
        all[4].Report.ShouldBeNull();
        all[1].Report.ShouldBe(Scripted.Report(started.Run.Name, 1));
    }

    [Fact]
    public async Task Pages_BadSizeOrToken_AreRefused()
    {
        await Client.StartAsync(Scripted.RandomAgent());
        await Client.StartAsync(Scripted.RandomAgent(), runId: "s");
        await Client.ListAgentsAsync(new() { PageSize = -1 }).RefusedAsync(StatusCode.InvalidArgument);
        await Client.ListAgentsAsync(new() { PageSize = 1001 }).RefusedAsync(StatusCode.InvalidArgument);
        await Client.ListAgentsAsync(new() { PageToken = "garbage!" }).RefusedAsync(StatusCode.InvalidArgument);
        var token = (await Client.ListRunsAsync(new() { Parent = "agents/a", PageSize = 1 })).NextPageToken;
        await Client.ListRunsAsync(new() { Parent = "agents/-", PageToken = token }).RefusedAsync(StatusCode.InvalidArgument);
        await Client.ListAgentsAsync(new() { PageToken = token }).RefusedAsync(StatusCode.InvalidArgument);
    }
}
