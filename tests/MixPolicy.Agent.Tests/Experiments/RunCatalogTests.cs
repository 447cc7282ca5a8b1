using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Experiments;

public sealed class RunCatalogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AfterReports_IsSummedUpInTheList()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.PpoAgent(), reports: 10, change: spec => spec.Labels["seed"] = "7");
        var listed = (await service.Get<RunCatalog>().ListRunsAsync(new(), Cancellation)).Items.ShouldHaveSingleItem();
        var last = Scripted.Report("", 9);
        listed.Name.ShouldBe("agents/a/runs/r");
        (listed.State, listed.Policy, listed.Dataset, listed.Network).ShouldBe((RunState.Active, "ppo", "shapes", "tiny"));
        listed.Methods.ShouldBe(["vanilla", "input_mixup", "cutmix", "r_mix"]);
        listed.Labels.ShouldBe(new Dictionary<string, string> { ["seed"] = "7" });
        (listed.Intervals, listed.Decisions, listed.Reports, listed.Batches).ShouldBe((20, 11, 10, 0));
        (listed.Progress, listed.TrainLoss, listed.HoldoutLoss, listed.HoldoutTop1).ShouldBe((0.5, last.TrainLoss, last.HoldoutLoss, last.HoldoutTop1));
        listed.BestHoldoutTop1.ShouldBe(Enumerable.Range(0, 10).Max(interval => Scripted.Report("", interval).HoldoutTop1));
        listed.TestTop1.ShouldBeNull();
        (await service.Get<RunCatalog>().GetRunAsync(new("a", "r"), Cancellation)).ShouldBeEquivalentTo(listed);
    }

    [Fact]
    public async Task Runs_AreFilteredByEveryOption()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.PpoAgent(), "a", "first", reports: 1, change: spec => spec.Labels["seed"] = "1");
        await service.FinishAsync(await service.TrainAsync(Scripted.PpoAgent(), "a", "second", reports: 2, change: spec => spec.Dataset = "CIFAR10"));
        await service.TrainAsync(Scripted.RandomAgent(), "b", "third", reports: 3, change: spec => spec.Network = "wide");
        await service.TrainAsync(new() { Fixed = new() { Choice = new() { Method = Method.Cutmix } } }, "c", "fourth", reports: 4);
        var catalog = service.Get<RunCatalog>();

        (await Found(new() { Agent = "a" })).ShouldBe(["first", "second"]);
        (await Found(new() { State = RunState.Finished })).ShouldBe(["second"]);
        (await Found(new() { State = RunState.Active })).ShouldBe(["first", "fourth", "third"]);
        (await Found(new() { State = RunState.Stale })).ShouldBeEmpty();
        (await Found(new() { Dataset = "CIFAR10" })).ShouldBe(["second"]);
        (await Found(new() { Network = "wide" })).ShouldBe(["third"]);
        (await Found(new() { Policy = "ppo" })).ShouldBe(["first", "second"]);
        (await Found(new() { Methods = "cutmix" })).ShouldBe(["fourth"]);
        (await Found(new() { Labels = new Dictionary<string, string> { ["seed"] = "1" } })).ShouldBe(["first"]);
        (await Found(new() { Labels = new Dictionary<string, string> { ["seed"] = "" } })).ShouldBeEmpty();
        (await Found(new() { Text = "cifar" })).ShouldBe(["second"]);
        (await Found(new() { Text = "SEED=1 agents/a" })).ShouldBe(["first"]);
        (await Found(new() { Text = "%" })).ShouldBeEmpty();
        (await Found(new() { Text = "'; DROP TABLE runs; --" })).ShouldBeEmpty();

        service.Time.Advance(TimeSpan.FromMinutes(5));
        (await Found(new() { State = RunState.Stale })).ShouldBe(["first", "fourth", "third"]);
        await service.RestartAsync();
        catalog = service.Get<RunCatalog>();
        // Nobody could renew while the service was down, so all have their time again.
        (await Found(new() { State = RunState.Active })).ShouldBe(["first", "fourth", "third"]);

        var options = await catalog.OptionsAsync(Cancellation);
        options.Agents.ShouldBe(["a", "b", "c"]);
        options.Datasets.ShouldBe(["CIFAR10", "shapes"]);
        options.Networks.ShouldBe(["tiny", "wide"]);
        options.Policies.ShouldBe(["fixed", "ppo", "random"]);
        options.Methods.ShouldBe(["cutmix", "vanilla,input_mixup,cutmix,r_mix"]);
        options.Labels.ShouldHaveSingleItem().Value.ShouldBe(["1"]);

        async Task<IEnumerable<string>> Found(RunFilter filter) =>
            (await catalog.ListRunsAsync(new() { Filter = filter }, Cancellation)).Items.Select(run => run.Run).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Runs_AreSortedByEverything_AndPaged()
    {
        await using var service = await TestService.StartAsync();
        for (var run = 1; run <= 5; run++)
        {
            // The fifth has no report yet: it has no losses to sort by.
            await service.TrainAsync(Scripted.RandomAgent(), "a", $"r{run}", reports: run == 5 ? 0 : run);
            service.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var catalog = service.Get<RunCatalog>();
        foreach (var sort in Enum.GetValues<RunSort>())
        {
            var up = await Names(new() { Sort = sort, Descending = false });
            var down = await Names(new() { Sort = sort, Descending = true });
            up.Order().ToArray().ShouldBe(["r1", "r2", "r3", "r4", "r5"]);
            down.Order().ToArray().ShouldBe(["r1", "r2", "r3", "r4", "r5"]);
        }

        (await Names(new() { Sort = RunSort.UpdateTime })).ShouldBe(["r5", "r4", "r3", "r2", "r1"]);
        (await Names(new() { Sort = RunSort.HoldoutTop1 })).ShouldBe(["r4", "r3", "r2", "r1", "r5"]);
        (await Names(new() { Sort = RunSort.HoldoutTop1, Descending = false })).ShouldBe(["r1", "r2", "r3", "r4", "r5"]);
        (await Names(new() { Sort = RunSort.Name, Descending = false, Offset = 1, Limit = 2 })).ShouldBe(["r2", "r3"]);
        var page = await catalog.ListRunsAsync(new() { Offset = 4, Limit = 2 }, Cancellation);
        (page.Total, page.Offset, page.Items.Count).ShouldBe((5, 4, 1));
        (await Should.ThrowAsync<RefusalException>(catalog.ListRunsAsync(new() { Limit = 1001 }, Cancellation))).Message.ShouldBe("limit is \"1001\"; allowed: an integer in [1, 1000].");
        (await Should.ThrowAsync<RefusalException>(catalog.ListRunsAsync(new() { Offset = -1 }, Cancellation))).Message.ShouldContain("offset");

        async Task<IEnumerable<string>> Names(RunQuery query) => (await catalog.ListRunsAsync(query, Cancellation)).Items.Select(run => run.Run);
    }

    [Fact]
    public async Task Agents_AreListedWithTheirRuns()
    {
        await using var service = await TestService.StartAsync();
        await service.Client.CreateAgentAsync(new() { AgentId = "idle", Spec = Scripted.RandomAgent() });
        await service.FinishAsync(await service.TrainAsync(Scripted.PpoAgent(), "a", "done", reports: 8));
        await service.TrainAsync(Scripted.PpoAgent(), "a", "going", reports: 1);
        var agents = await service.Get<RunCatalog>().ListAgentsAsync(Cancellation);
        agents.Select(agent => (agent.Name, agent.Policy, agent.Runs, agent.ActiveRuns, agent.Decisions, agent.Reports, agent.PolicyVersion))
            .ShouldBe([("agents/a", "ppo", 2, 1, 11, 9, 1), ("agents/idle", "random", 0, 0, 0, 0, 0)]);
        (await service.Get<RunCatalog>().GetAgentAsync(new("a"), Cancellation)).ShouldBeEquivalentTo(agents[0]);
        await Should.ThrowAsync<RefusalException>(service.Get<RunCatalog>().GetAgentAsync(new("nobody"), Cancellation));
        await Should.ThrowAsync<RefusalException>(service.Get<RunCatalog>().GetRunAsync(new("a", "nothing"), Cancellation));
    }
}
