using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Testing;
using MixPolicy.V1;

namespace MixPolicy.Client.Tests;

/// <summary>The client against the service itself, over a socket.</summary>
public sealed class AgentSessionTests : IAsyncLifetime
{
    private static readonly RunPlan Plan = new(
        new() { Random = new(), Seed = 5 }, new() { Intervals = 4, Classes = 10, PeakLearningRate = 0.1, Dataset = "shapes", Network = "tiny" }, "random", "shapes-s5");

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];
    private AgentHost _host = null!;
    private GrpcChannel _channel = null!;
    private RunTicket _ticket = RunTicket.New();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await AgentHost.StartAsync(_folder["agent"], Stop);
        _channel = AgentConnection.Open(_host.GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Decide_ToTheEnd_ReportsEveryInterval()
    {
        await using var session = Session(Backlog.Empty());
        for (var k = 0; k < 4; k++)
        {
            var steering = await session.DecideAsync(k, Stop);
            steering.Decision!.Name.ShouldBe($"{session.RunName}/decisions/{k}");
            session.Progress(new() { Interval = k, Batch = 1, Batches = 2 });
            session.Report(k, steering, Report(k));
        }

        (await session.FinishAsync(3, null, Stop)).ShouldBeTrue();
        session.Rewards.Records.Keys.ShouldBe([0, 1, 2, 3]);
        session.Rewards.Of(3).ShouldNotBeNull();
        _ticket.Finished.ShouldBeTrue();
        (await session.ReadUpdatesAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Decide_AgainFromTheBacklog_GivesTheStoredDecisions()
    {
        var (next, _, reported) = await DecideTwiceAsync();

        await using var resumed = Session(Backlog.From(reported));
        (await resumed.DecideAsync(1, Stop)).Decision.ShouldBe(next.Decision);
    }

    [Fact]
    public async Task Decide_WithAnotherReportThanTheAgentHas_KeepsTheAgents()
    {
        var (next, unreported, _) = await DecideTwiceAsync();

        var backlog = Backlog.From(unreported);
        var again = Report(0);
        again.HoldoutLoss += 0.5;
        backlog.Add(0, again);
        await using var resumed = Session(backlog);
        (await resumed.DecideAsync(1, Stop)).Decision.ShouldBe(next.Decision);
        resumed.Rewards.Records[0].Report.HoldoutLoss.ShouldBe(Report(0).HoldoutLoss);
    }

    [Fact]
    public async Task Decide_KilledBeforeStartRunWasAnswered_TakesTheRunWithItsToken()
    {
        var tickets = new List<RunTicket>();
        await using (var first = new AgentSession(new(_channel), Plan, new() { Ticket = _ticket, KeepTicket = tickets.Add }))
        {
            await first.DecideAsync(0, Stop);
        }

        _ticket = tickets[0];
        _ticket.Started.ShouldBeFalse();
        await using var second = Session(Backlog.Empty());
        (await second.DecideAsync(0, Stop)).IsFallback.ShouldBeFalse();
        second.RunName.ShouldEndWith("/runs/shapes-s5");
    }

    [Fact]
    public async Task Decide_AfterAnOutage_TellsWhatWasMissedInOrder()
    {
        var backlog = Backlog.Empty();
        foreach (var k in new[] { 0, 1 })
        {
            var report = Report(k);
            report.Fallback = Choices.Vanilla;
            backlog.Add(k, report);
        }

        await using var session = Session(backlog);
        (await session.DecideAsync(2, Stop)).IsFallback.ShouldBeFalse();
        var log = await new PolicyService.PolicyServiceClient(_channel).ListDecisionsAsync(new() { Parent = session.RunName }, cancellationToken: Stop);
        log.Decisions.Select(record => record.Report?.Fallback?.Method).ShouldBe([Method.Vanilla, Method.Vanilla, null]);
    }

    [Fact]
    public async Task Decide_UnderANameOfAnotherLaunch_TakesTheNextName()
    {
        await using var first = Session(Backlog.Empty());
        await first.DecideAsync(0, Stop);
        _ticket = RunTicket.New();
        await using var second = Session(Backlog.Empty());
        await second.DecideAsync(0, Stop);
        second.RunName.ShouldBe(first.RunName + "-2");
    }

    [Fact]
    public async Task Decide_UnderALostLease_IsRefused()
    {
        await using var first = Session(Backlog.Empty());
        await first.DecideAsync(0, Stop);
        _ticket = _ticket with { LeaseToken = "0123456789abcdef" };
        await using var second = Session(Backlog.Empty());
        (await Should.ThrowAsync<PolicyException>(() => second.DecideAsync(0, Stop))).Message.ShouldContain("held by another trainer");
    }

    [Fact]
    public async Task Decide_WhereNobodyAnswers_FallsBackToTheLastChoice()
    {
        using var nowhere = AgentConnection.Open(new("http://127.0.0.1:9"));
        var last = new Choice { Method = Method.Cutmix, LambdaAlpha = 0.7 };
        await using var session = new AgentSession(new(nowhere), Plan, new() { LastChoice = last, Patience = TimeSpan.FromSeconds(1), Notice = _notices.Add });
        var steering = await session.DecideAsync(0, Stop);
        steering.IsFallback.ShouldBeTrue();
        steering.Choice.ShouldBe(last);
        _notices.ShouldContain(n => n.Contains("under the fallback: cutmix α=0.70, the last choice"));
        session.Report(0, steering, Report(0));
        session.Backlog.Of(0, session.RunName)!.Fallback.ShouldBe(last);
        (await session.FinishAsync(0, null, Stop)).ShouldBeFalse();
    }

    /// <summary>The first two decisions of a session that ends there.</summary>
    /// <returns>The second, and the backlog as it was saved without and with the report of the first.</returns>
    private async Task<(Steering Next, BacklogState Unreported, BacklogState Reported)> DecideTwiceAsync()
    {
        await using var session = Session(Backlog.Empty());
        await session.DecideAsync(0, Stop);
        var unreported = session.Backlog.State();
        session.Backlog.Add(0, Report(0));
        var reported = session.Backlog.State();
        return (await session.DecideAsync(1, Stop), unreported, reported);
    }

    private AgentSession Session(Backlog backlog) => new(new(_channel), Plan, new() { Ticket = _ticket, KeepTicket = ticket => _ticket = ticket, Backlog = backlog, Notice = _notices.Add });

    private static Report Report(int interval) => new()
    {
        Progress = (interval + 1) / 4.0,
        TrainLoss = 2.0 - (0.1 * interval),
        TrainTop1Weighted = 0.3,
        HoldoutLoss = 1.9 - (0.1 * interval),
        HoldoutTop1 = 0.3,
        LearningRate = 0.1,
    };
}
