using Grpc.Core;
using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Testing;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Telemetry;

public sealed class MetricsTests : IAsyncLifetime
{
    private TestService _service = null!;
    private Measured _measured = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _measured = new(_service.Meter);
    }

    public async ValueTask DisposeAsync()
    {
        _measured.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Decisions_OfARun_AreCountedWithLatencyRewardAndUpdates()
    {
        var started = await Client.StartAsync(Scripted.PpoAgent(rollout: 4));
        for (var interval = 0; interval < 10; interval++)
        {
            await Client.DecideAsync(Scripted.Decide(started, interval));
        }

        await Client.DecideAsync(Scripted.Decide(started, 3));
        await Client.FinishRunAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Report = Scripted.Report(started.Run.Name, 9) });

        var labels = new (string, object)[] { ("mixpolicy.policy", "ppo"), ("mixpolicy.scale", "epoch") };
        _measured.Sum("mixpolicy.agent.decisions", labels).ShouldBe(10);
        _measured.Of("mixpolicy.agent.decision.duration", labels).Count.ShouldBe(10);
        _measured.Of("mixpolicy.agent.decision.duration", labels).ShouldAllBe(seconds => seconds > 0 && seconds < 120);
        _measured.Sum("mixpolicy.agent.decision.repeats", labels).ShouldBe(1);
        _measured.Of("mixpolicy.agent.update.duration", labels).ShouldAllBe(seconds => seconds > 0);
        var logged = await LoggedAsync(started.Run.Name);
        _measured.Of("mixpolicy.agent.reward", labels).ShouldBe(logged.Where(record => record.HasReward).Select(record => record.Reward));
        foreach (var method in logged.CountBy(record => record.Decision.Choice.Method))
        {
            _measured.Sum("mixpolicy.agent.decisions", [.. labels, ("mixpolicy.method", Named(method.Key))]).ShouldBe(method.Value);
        }

        var agent = await Client.GetAgentAsync(new() { Name = "agents/a" });
        agent.PolicyVersion.ShouldBe(2);
        _measured.Sum("mixpolicy.agent.updates", labels).ShouldBe(agent.PolicyVersion);
        _measured.Of("mixpolicy.agent.commit.duration").Count.ShouldBeGreaterThanOrEqualTo(13);

        _measured.Collect();
        _measured.Of("mixpolicy.experiment.reward", ("mixpolicy.agent.name", "a")).ShouldBe([logged[^1].Reward]);
        _measured.Of("mixpolicy.experiment.policy.version", ("mixpolicy.agent.name", "a")).ShouldBe([2]);
        _measured.Of("mixpolicy.experiment.policy.entropy", ("mixpolicy.agent.name", "a")).Single().ShouldBeInRange(-20, 20);
        _measured.Of("mixpolicy.experiment.holdout.top1", ("mixpolicy.agent.name", "a")).ShouldBe([Scripted.Report("", 9).HoldoutTop1]);
    }

    [Fact]
    public async Task Batches_OfARun_AreCountedWithUpdates()
    {
        var started = await Client.StartAsync(ScriptedBatches.Published());
        using (var stream = new BatchClient(Client))
        {
            for (var batch = 0; batch < 12; batch++)
            {
                await stream.DecideAsync(ScriptedBatches.Ask(started, batch));
            }

            await stream.DecideAsync(ScriptedBatches.Ask(started, 11));
        }

        var labels = new (string, object)[] { ("mixpolicy.policy", "rl_mix"), ("mixpolicy.scale", "batch") };
        _measured.Sum("mixpolicy.agent.decisions", [.. labels, ("mixpolicy.method", "r_mix")]).ShouldBe(12);
        _measured.Of("mixpolicy.agent.decision.duration", labels).Count.ShouldBe(12);
        _measured.Sum("mixpolicy.agent.decision.repeats", labels).ShouldBe(1);
        _measured.Of("mixpolicy.agent.reward", labels).Count.ShouldBe(10);
        var updates = (await Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion;
        updates.ShouldBeGreaterThan(0);
        _measured.Sum("mixpolicy.agent.updates", labels).ShouldBe(updates);
        _measured.Of("mixpolicy.agent.update.duration", labels).ShouldAllBe(seconds => seconds > 0);
    }

    [Fact]
    public async Task Report_WithFallback_IsCounted()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        var next = Scripted.Decide(started, 1);
        next.Report.Fallback = new() { Method = Method.Vanilla };
        await Client.DecideAsync(next);
        _measured.Sum("mixpolicy.agent.fallbacks", ("mixpolicy.policy", "random")).ShouldBe(1);
        _measured.Of("mixpolicy.agent.reward").ShouldBeEmpty();
    }

    [Fact]
    public async Task Decision_Refused_IsNotCounted()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 5)).RefusedAsync(StatusCode.FailedPrecondition);
        _measured.Of("mixpolicy.agent.decisions").ShouldBeEmpty();
        _measured.Of("mixpolicy.agent.decision.duration").ShouldBeEmpty();
    }

    [Fact]
    public async Task Runs_AsLeasesLapse_TurnStale()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        _measured.Collect();
        _measured.Of("mixpolicy.agent.runs", ("mixpolicy.run.state", "active")).ShouldBe([1]);
        _measured.Of("mixpolicy.agent.runs", ("mixpolicy.run.state", "stale")).ShouldBe([0]);
        _service.Time.Advance(started.Lease.Duration.ToTimeSpan());
        _measured.Collect();
        _measured.Of("mixpolicy.agent.runs", ("mixpolicy.run.state", "active")).ShouldBe([1, 0]);
        _measured.Of("mixpolicy.agent.runs", ("mixpolicy.run.state", "stale")).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task Streams_Open_AreCountedUntilTheyEnd()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var call = Client.Steer();
        await call.RequestStream.WriteAsync(new() { Decide = Scripted.Decide(started, 0) });
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        _measured.Sum("mixpolicy.agent.streams", ("rpc.method", "Steer")).ShouldBe(1);
        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(default)).ShouldBeFalse();
        _measured.Sum("mixpolicy.agent.streams").ShouldBe(0);
        _measured.Of("mixpolicy.agent.streams", ("rpc.method", "Steer")).ShouldBe([1, -1]);
    }

    [Fact]
    public async Task Agent_Deleted_LeavesTheExperiments()
    {
        var started = await Client.StartAsync(Scripted.PpoAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        await Client.DecideAsync(Scripted.Decide(started, 1));
        await Client.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        _measured.Collect();
        _measured.Of("mixpolicy.experiment.holdout.top1").ShouldBeEmpty();
    }

    [Fact]
    public void Process_Always_TellsMemoryTensorsAndQueues()
    {
        _measured.Collect();
        _measured.Of("mixpolicy.agent.memory.native").Single().ShouldBeGreaterThan(1 << 20);
        _measured.Of("mixpolicy.agent.tensors").Single().ShouldBeGreaterThanOrEqualTo(0);
        _measured.Of("mixpolicy.agent.model.queue", ("mixpolicy.thread", "policy-0")).ShouldBe([0]);
        _measured.Of("mixpolicy.agent.log.queue").ShouldBe([0]);
    }

    private static string Named(Method method) => string.Concat($"{method}".Select((letter, i) => char.IsUpper(letter) && i > 0 ? $"_{letter}" : $"{letter}")).ToLowerInvariant();

    private async Task<IReadOnlyList<DecisionRecord>> LoggedAsync(string run) =>
        (await Client.ListDecisionsAsync(new() { Parent = run, PageSize = 100 })).Decisions;
}
