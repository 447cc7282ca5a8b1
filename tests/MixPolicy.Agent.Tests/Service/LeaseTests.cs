using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task StartRun_WhileHeld_IsRefusedToOthersAndOpenToTheHolder()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await StartRun("").RefusedAsync(StatusCode.Aborted);
        await StartRun("a-guess-of-a-token").RefusedAsync(StatusCode.Aborted);
        var again = await StartRun(started.Lease.Token);
        again.Lease.Token.ShouldBe(started.Lease.Token);
        again.Run.ShouldBe(started.Run);
    }

    [Fact]
    public async Task StartRun_OwnToken_TakesANewRunAndALapsedOneUnderIt()
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        (await StartRun("first-token-0001")).Lease.Token.ShouldBe("first-token-0001");
        // The reply was lost: the same call again finds the run.
        (await StartRun("first-token-0001")).Lease.Token.ShouldBe("first-token-0001");
        await StartRun("second-token-001").RefusedAsync(StatusCode.Aborted);
        _service.Time.Advance(Lease);
        (await StartRun("second-token-001")).Lease.Token.ShouldBe("second-token-001");
        await StartRun("first-token-0001").RefusedAsync(StatusCode.Aborted);
    }

    [Theory]
    [InlineData("short-token-015")]
    [InlineData("a-token-with_a_low_line")]
    [InlineData("a-token-of-65-characters-0123456789-0123456789-0123456789-0123456")]
    public async Task StartRun_TokenNotAllowed_IsRefusedWithoutRepeatingIt(string token)
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        var detail = (await StartRun(token).RefusedAsync(StatusCode.InvalidArgument)).Status.Detail;
        detail.ShouldContain("lease_token");
        detail.ShouldContain("16 to 64");
        detail.ShouldNotContain(token);
    }

    [Fact]
    public async Task Decide_WithoutTheLease_IsRefused()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var request = Scripted.Decide(started, 0);
        request.LeaseToken = "";
        (await Client.DecideAsync(request).RefusedAsync(StatusCode.Aborted)).Status.Detail.ShouldContain("lease_token is empty");
        request.LeaseToken = "other";
        await Client.DecideAsync(request).RefusedAsync(StatusCode.Aborted);
        await Client.FinishRunAsync(new() { Run = started.Run.Name, LeaseToken = "other" }).RefusedAsync(StatusCode.Aborted);
    }

    [Fact]
    public async Task Lease_NothingHeard_LapsesAndTheRunGoesStale()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        _service.Time.Advance(Lease - Moment);
        (await State()).ShouldBe(RunState.Active);
        _service.Time.Advance(Moment);
        (await State()).ShouldBe(RunState.Stale);
        (await Client.DecideAsync(Scripted.Decide(started, 1)).RefusedAsync(StatusCode.Aborted)).Status.Detail.ShouldContain("lapsed");
        await Client.FinishRunAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token }).RefusedAsync(StatusCode.Aborted);

        var resumed = await StartRun(started.Lease.Token);
        resumed.Run.State.ShouldBe(RunState.Active);
        (await Client.DecideAsync(Scripted.Decide(started, 1))).Interval.ShouldBe(1);
    }

    [Fact]
    public async Task Lease_Lapsed_IsFreeForAnotherAndTheFirstHolderIsOut()
    {
        var first = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(first, 0));
        _service.Time.Advance(Lease);
        var second = await StartRun("");
        second.Lease.Token.ShouldNotBe(first.Lease.Token);
        (await Client.DecideAsync(Scripted.Decide(first, 1)).RefusedAsync(StatusCode.Aborted)).Status.Detail.ShouldContain("another trainer");
        (await Client.DecideAsync(Scripted.Decide(second, 1))).Interval.ShouldBe(1);
    }

    [Fact]
    public async Task Lease_EveryDecide_RenewsIt()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        for (var interval = 0; interval < 5; interval++)
        {
            await Client.DecideAsync(Scripted.Decide(started, interval));
            _service.Time.Advance(Lease - Moment);
            // A repeat does too.
            await Client.DecideAsync(Scripted.Decide(started, interval));
            _service.Time.Advance(Lease - Moment);
        }
    }

    [Fact]
    public async Task Lease_ServiceWasDown_HolderHasItsFullDurationAgain()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        await _service.GoDownAsync();
        _service.Time.Advance(TimeSpan.FromHours(5));
        await _service.ComeUpAsync();
        (await State()).ShouldBe(RunState.Active);
        await StartRun("").RefusedAsync(StatusCode.Aborted);
        _service.Time.Advance(Lease - Moment);
        await Client.DecideAsync(Scripted.Decide(started, 1));
        _service.Time.Advance(Lease);
        (await State()).ShouldBe(RunState.Stale);
    }

    [Fact]
    public async Task Lease_DurationAsked_Counts()
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        var started = await Client.StartRunAsync(new()
        {
            Parent = "agents/a",
            RunId = "r",
            Spec = Scripted.Run(),
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromHours(2)),
        });
        started.Lease.Duration.ToTimeSpan().ShouldBe(TimeSpan.FromHours(2));
        started.Lease.ExpireTime.ToDateTimeOffset().ShouldBe(_service.Time.GetUtcNow() + TimeSpan.FromHours(2), TimeSpan.FromMilliseconds(1));
        _service.Time.Advance(TimeSpan.FromHours(1.9));
        (await State()).ShouldBe(RunState.Active);
    }

    private async Task<RunState> State() => (await Client.GetRunAsync(new() { Name = "agents/a/runs/r" })).State;

    private AsyncUnaryCall<StartRunResponse> StartRun(string token) =>
        Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run(), LeaseToken = token });
}
