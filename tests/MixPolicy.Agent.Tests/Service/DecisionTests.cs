using Google.Protobuf;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

public sealed class DecisionTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Decide_WholeRun_IsLoggedWithReportsAndRewards()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent(), intervals: 5);
        for (var interval = 0; interval < 5; interval++)
        {
            var decision = await Client.DecideAsync(Scripted.Decide(started, interval));
            decision.Name.ShouldBe($"agents/a/runs/r/decisions/{interval}");
            decision.Interval.ShouldBe(interval);
        }

        var finished = await Client.FinishRunAsync(new()
        {
            Run = started.Run.Name,
            LeaseToken = started.Lease.Token,
            Report = Scripted.Report(started.Run.Name, 4, 5),
        });
        finished.State.ShouldBe(RunState.Finished);
        finished.Decisions.ShouldBe(5);
        finished.Reports.ShouldBe(5);
        finished.FinishTime.ShouldNotBeNull();
        var log = await Client.ListDecisionsAsync(new() { Parent = started.Run.Name });
        log.Decisions.Select(record => record.Decision.Interval).ShouldBe(Enumerable.Range(0, 5));
        log.Decisions.ShouldAllBe(record => record.HasReward && record.Observation.Count > 10 && record.Report != null && record.ReportTime != null);
        var agent = await Client.GetAgentAsync(new() { Name = "agents/a" });
        (agent.Decisions, agent.Reports, agent.PolicyVersion).ShouldBe((5, 5, 0));
    }

    [Fact]
    public async Task Decide_AskedAgain_ReturnsTheSameBytes()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var first = new List<byte[]>();
        for (var interval = 0; interval < 4; interval++)
        {
            first.Add((await Client.DecideAsync(Scripted.Decide(started, interval))).ToByteArray());
        }

        await _service.RestartAsync();
        for (var interval = 0; interval < 4; interval++)
        {
            (await Client.DecideAsync(Scripted.Decide(started, interval))).ToByteArray().ShouldBe(first[interval]);
            var withoutReport = Scripted.Decide(started, interval);
            withoutReport.Report = null;
            (await Client.DecideAsync(withoutReport)).ToByteArray().ShouldBe(first[interval]);
        }
    }

    [Fact]
    public async Task Decide_AfterRestart_GoesOnAsIfThereHadBeenNone()
    {
        var started = await Client.StartAsync(Scripted.PpoAgent(rollout: 3), intervals: 10);
        var other = await Client.StartAsync(Scripted.PpoAgent(rollout: 3), agentId: "b", intervals: 10);
        for (var interval = 0; interval < 10; interval++)
        {
            var expected = await Client.DecideAsync(Scripted.Decide(other, interval));
            if (interval % 2 == 1)
            {
                await _service.RestartAsync();
            }

            var decision = await Client.DecideAsync(Scripted.Decide(started, interval));
            // Draws depend on the seed, the run's id and the interval: the agents are twins.
            expected.Name = decision.Name;
            decision.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Decide_RepeatedReport_MayDifferInTimingOnly()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        var second = await Client.DecideAsync(Scripted.Decide(started, 1));

        var again = Scripted.Decide(started, 1);
        again.Report.Timing.Images = 5;
        (await Client.DecideAsync(again)).ShouldBe(second);

        again.Report.HoldoutTop1 = 0.5;
        again.Report.ClearTestLoss();
        var refusal = await Client.DecideAsync(again).RefusedAsync(StatusCode.AlreadyExists);
        refusal.Status.Detail.ShouldContain("report.holdout_top1");
        refusal.Status.Detail.ShouldNotContain("report.timing");
    }

    [Fact]
    public async Task Decide_OutOfOrder_IsRefusedWithTheExpectedInterval()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        (await Client.DecideAsync(Scripted.Decide(started, 2)).RefusedAsync(StatusCode.FailedPrecondition)).Status.Detail.ShouldContain("next expected interval is 1");

        var stale = Scripted.Decide(started, 1);
        stale.Report.Decision = "agents/a/runs/r/decisions/7";
        (await Client.DecideAsync(stale).RefusedAsync(StatusCode.InvalidArgument)).Status.Detail.ShouldContain("report.decision");

        var missing = Scripted.Decide(started, 1);
        missing.Report = null;
        (await Client.DecideAsync(missing).RefusedAsync(StatusCode.InvalidArgument)).Status.Detail.ShouldContain("report is");
    }
}
