using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

public sealed class RefusalTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("", "agent_id")]
    [InlineData("Upper", "agent_id")]
    [InlineData("-a", "agent_id")]
    [InlineData("a/b", "agent_id")]
    public async Task CreateAgent_BadId_NamesFieldAndForm(string id, string field)
    {
        var violation = Violation(await Client.CreateAgentAsync(new() { AgentId = id }).RefusedAsync(StatusCode.InvalidArgument));
        violation.Field.ShouldBe(field);
        violation.Description.ShouldContain("[a-z0-9]");
    }

    [Fact]
    public async Task CreateAgent_BadSpec_NamesFieldValueAndRange()
    {
        var call = Client.CreateAgentAsync(new() { AgentId = "a", Spec = new() { Ppo = new() { Gamma = 1.7 } } });
        var violation = Violation(await call.RefusedAsync(StatusCode.InvalidArgument));
        violation.Field.ShouldBe("spec.ppo.gamma");
        violation.Description.ShouldContain("1.7");
        violation.Description.ShouldContain("[0, 1]");
    }

    [Fact]
    public async Task CreateAgent_SameSpecAgain_ReturnsTheOneThere()
    {
        var first = await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        _service.Time.Advance(TimeSpan.FromHours(1));
        (await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() })).ShouldBe(first);
        (await Client.CreateAgentAsync(new() { AgentId = "a", Spec = first.Spec })).ShouldBe(first);
        first.Spec.ActionSpace.Methods.Count.ShouldBe(4);
    }

    [Fact]
    public async Task CreateAgent_OtherSpec_NamesTheDifference()
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent(seed: 1) });
        var refusal = await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent(seed: 2) }).RefusedAsync(StatusCode.AlreadyExists);
        refusal.Status.Detail.ShouldContain("spec.seed: 1 there, 2 given");
    }

    [Fact]
    public async Task StartRun_OtherSpec_NamesTheDifference()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var call = Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run(intervals: 21), LeaseToken = started.Lease.Token });
        (await call.RefusedAsync(StatusCode.AlreadyExists)).Status.Detail.ShouldContain("spec.intervals: 20 there, 21 given");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(604801)]
    public async Task StartRun_LeaseOutOfRange_IsRefused(double seconds)
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        var call = Client.StartRunAsync(new()
        {
            Parent = "agents/a",
            RunId = "r",
            Spec = Scripted.Run(),
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
        });
        Violation(await call.RefusedAsync(StatusCode.InvalidArgument)).Field.ShouldBe("lease_duration");
    }

    [Fact]
    public async Task EveryCall_WhatDoesNotExist_IsNotFound()
    {
        await Client.GetAgentAsync(new() { Name = "agents/none" }).RefusedAsync(StatusCode.NotFound);
        await Client.DeleteAgentAsync(new() { Name = "agents/none" }).RefusedAsync(StatusCode.NotFound);
        await Client.ListRunsAsync(new() { Parent = "agents/none" }).RefusedAsync(StatusCode.NotFound);
        await Client.StartRunAsync(new() { Parent = "agents/none", RunId = "r", Spec = Scripted.Run() }).RefusedAsync(StatusCode.NotFound);
        await Client.GetRunAsync(new() { Name = "agents/none/runs/r" }).RefusedAsync(StatusCode.NotFound);
        await Client.DecideAsync(new() { Run = "agents/none/runs/r" }).RefusedAsync(StatusCode.NotFound);
        await Client.FinishRunAsync(new() { Run = "agents/none/runs/r" }).RefusedAsync(StatusCode.NotFound);
        await Client.ListDecisionsAsync(new() { Parent = "agents/none/runs/r" }).RefusedAsync(StatusCode.NotFound);
        // Asking did not create it.
        (await Client.ListAgentsAsync(new())).Agents.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("agents/a")]
    [InlineData("agents/a/runs/")]
    [InlineData("agents/A/runs/r")]
    [InlineData("agents/a/runs/r/decisions/1")]
    public async Task Decide_BadRunName_NamesFieldAndForm(string run)
    {
        var violation = Violation(await Client.DecideAsync(new() { Run = run }).RefusedAsync(StatusCode.InvalidArgument));
        violation.Field.ShouldBe("run");
        violation.Description.ShouldContain("agents/{agent}/runs/{run}");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(20)]
    public async Task Decide_IntervalOutsideTheRun_IsRefused(int interval)
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var call = Client.DecideAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Interval = interval });
        var violation = Violation(await call.RefusedAsync(StatusCode.InvalidArgument));
        violation.Field.ShouldBe("interval");
        violation.Description.ShouldContain("[0, 19]");
    }

    [Fact]
    public async Task Decide_ImpossibleReport_IsRefusedAndTheRunGoesOn()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        await Refuses(started, report => report.TrainLoss = double.NaN, "report.train_loss", "NaN");
        await Refuses(started, report => report.TrainLoss = double.PositiveInfinity, "report.train_loss", "Infinity");
        await Refuses(started, report => report.HoldoutTop1 = 1.7, "report.holdout_top1", "1.7");
        await Refuses(started, report => report.Progress = 0, "report.progress", "0");
        await Refuses(started, report => report.Timing.Images = -1, "report.timing.images", "-1");

        await Client.DecideAsync(Scripted.Decide(started, 1));
        await Client.DecideAsync(Scripted.Decide(started, 2));
        var backwards = Scripted.Decide(started, 3);
        backwards.Report.Progress = 0.1;
        Violation(await Client.DecideAsync(backwards).RefusedAsync(StatusCode.InvalidArgument)).Field.ShouldBe("report.progress");
        (await Client.DecideAsync(Scripted.Decide(started, 3))).Interval.ShouldBe(3);
    }

    [Fact]
    public async Task Decide_ReportForTheFirstInterval_IsRefused()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var request = Scripted.Decide(started, 0);
        request.Report = Scripted.Report(started.Run.Name, 0);
        Violation(await Client.DecideAsync(request).RefusedAsync(StatusCode.InvalidArgument)).Field.ShouldBe("report");
    }

    [Fact]
    public async Task Decide_TooLargeAMessage_IsRefused()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var request = Scripted.Decide(started, 0);
        request.LeaseToken = new('x', 33 * 1024 * 1024);
        await Client.DecideAsync(request).RefusedAsync(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task FinishRun_Repeated_ReturnsTheFinishedRun()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        var finish = new FinishRunRequest { Run = started.Run.Name, LeaseToken = started.Lease.Token, Report = Scripted.Report(started.Run.Name, 0) };
        var finished = await Client.FinishRunAsync(finish);
        _service.Time.Advance(TimeSpan.FromDays(1));
        (await Client.FinishRunAsync(finish)).ShouldBe(finished);
        (await Client.DecideAsync(Scripted.Decide(started, 0))).Interval.ShouldBe(0);
        (await Client.DecideAsync(Scripted.Decide(started, 1)).RefusedAsync(StatusCode.FailedPrecondition)).Status.Detail.ShouldContain("finished");
        finish.Report.TrainLoss = 7;
        (await Client.FinishRunAsync(finish).RefusedAsync(StatusCode.AlreadyExists)).Status.Detail.ShouldContain("report.train_loss");
        var again = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run(), LeaseToken = started.Lease.Token });
        again.Run.ShouldBe(finished);
        again.Lease.ShouldBeNull();
    }

    [Fact]
    public async Task FinishRun_WithoutReport_EndsEarlyAndRefusesALateOne()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        var finish = new FinishRunRequest { Run = started.Run.Name, LeaseToken = started.Lease.Token };
        (await Client.FinishRunAsync(finish)).Reports.ShouldBe(0);
        finish.Report = Scripted.Report(started.Run.Name, 0);
        await Client.FinishRunAsync(finish).RefusedAsync(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task DeleteAgent_ActiveRun_NeedsForce()
    {
        await Client.StartAsync(Scripted.RandomAgent());
        (await Client.DeleteAgentAsync(new() { Name = "agents/a" }).RefusedAsync(StatusCode.FailedPrecondition)).Status.Detail.ShouldContain("agents/a/runs/r");
        await Client.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        await Client.GetAgentAsync(new() { Name = "agents/a" }).RefusedAsync(StatusCode.NotFound);
        (await Client.StartAsync(Scripted.RandomAgent(seed: 9))).Run.Decisions.ShouldBe(0);
    }

    [Fact]
    public async Task DeleteAgent_StaleRun_NeedsNoForce()
    {
        await Client.StartAsync(Scripted.RandomAgent());
        _service.Time.Advance(TimeSpan.FromMinutes(2));
        await Client.DeleteAgentAsync(new() { Name = "agents/a" });
    }

    private async Task Refuses(StartRunResponse started, Action<Report> spoil, string field, string value)
    {
        var request = Scripted.Decide(started, 1);
        spoil(request.Report);
        var violation = Violation(await Client.DecideAsync(request).RefusedAsync(StatusCode.InvalidArgument));
        violation.Field.ShouldBe(field);
        violation.Description.ShouldContain(value);
    }

    private static BadRequest.Types.FieldViolation Violation(RpcException refusal) =>
        refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.ShouldHaveSingleItem();
}
