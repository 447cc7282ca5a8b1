using Google.Protobuf;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

public sealed class StreamTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Steer_AndDecide_AreTheSameFunction()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using (var stream = Client.Steer())
        {
            var steered = new List<byte[]>();
            for (var interval = 0; interval < 4; interval++)
            {
                steered.Add((await AskAsync(stream, started, interval)).ToByteArray());
                (await Client.DecideAsync(Scripted.Decide(started, interval))).ToByteArray().ShouldBe(steered[interval]);
            }

            await stream.RequestStream.CompleteAsync();
            (await stream.ResponseStream.MoveNext(default)).ShouldBeFalse();
        }

        // And the other way round, in a new stream.
        var decided = await Client.DecideAsync(Scripted.Decide(started, 4));
        using var next = Client.Steer();
        (await AskAsync(next, started, 4)).ToByteArray().ShouldBe(decided.ToByteArray());
        (await AskAsync(next, started, 5)).Interval.ShouldBe(5);
    }

    [Fact]
    public async Task Steer_Refusal_EndsTheStreamNotTheRun()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using (var stream = Client.Steer())
        {
            (await Should.ThrowAsync<RpcException>(() => AskAsync(stream, started, 3))).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        }

        using var next = Client.Steer();
        (await AskAsync(next, started, 0)).Interval.ShouldBe(0);
    }

    [Fact]
    public async Task Steer_ProgressFirst_IsRefused()
    {
        using var stream = Client.Steer();
        await stream.RequestStream.WriteAsync(new() { Progress = new() });
        var refusal = await Should.ThrowAsync<RpcException>(() => stream.ResponseStream.MoveNext(default));
        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain("first message");
    }

    [Fact]
    public async Task Steer_AnotherRunInTheSameStream_IsRefused()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        var other = await Client.StartAsync(Scripted.RandomAgent(), runId: "other");
        using var stream = Client.Steer();
        await AskAsync(stream, started, 0);
        (await Should.ThrowAsync<RpcException>(() => AskAsync(stream, other, 0))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Steer_Progress_RenewsTheLeaseAndIsShownLive()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var watch = Client.Watch(new() { Name = started.Run.Name, LiveOnly = true });
        await watch.ResponseHeadersAsync;
        using var stream = Client.Steer();
        await AskAsync(stream, started, 0);
        (await NextAsync(watch)).Decision.Interval.ShouldBe(0);
        for (var batch = 1; batch <= 4; batch++)
        {
            _service.Time.Advance(TimeSpan.FromSeconds(50));
            // Without batches it is not shown.
            await stream.RequestStream.WriteAsync(new() { Progress = new() });
            await stream.RequestStream.WriteAsync(new() { Progress = new() { Batch = batch, Batches = 10, RunningLoss = 2, ImagesPerSecond = 100 } });
            var live = await NextAsync(watch);
            live.Progress.Batch.ShouldBe(batch);
            live.Sequence.ShouldBe(0);
        }

        (await AskAsync(stream, started, 1)).Interval.ShouldBe(1);
        (await Client.ListDecisionsAsync(new() { Parent = started.Run.Name })).Decisions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Streams_ServiceStops_EndWithUnavailable()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var watch = Client.Watch(new() { Name = "agents/-" });
        using var stream = Client.Steer();
        await AskAsync(stream, started, 0);
        await NextAsync(watch);
        var steering = stream.ResponseStream.MoveNext(default);
        var watching = DrainAsync(watch);
        await _service.GoDownAsync();
        (await Should.ThrowAsync<RpcException>(() => steering)).StatusCode.ShouldBe(StatusCode.Unavailable);
        (await Should.ThrowAsync<RpcException>(() => watching)).StatusCode.ShouldBe(StatusCode.Unavailable);
        await _service.ComeUpAsync();
    }

    [Fact]
    public async Task Watch_ServiceStopsWhileAMessageIsOnItsWay_EndsWithUnavailable()
    {
        // More events than the windows of HTTP/2 and the buffers hold, and a client that does not read: the service waits with one in its hands.
        var started = await Client.StartAsync(Scripted.RandomAgent(), intervals: 500);
        for (var interval = 0; interval < 500; interval++)
        {
            var request = Scripted.Decide(started, interval);
            // Its formulas are made for short runs.
            request.Report?.TrainLoss = 1;
            request.Report?.HoldoutLoss = 1;
            await Client.DecideAsync(request);
        }

        using var watch = Client.Watch(new() { Name = "agents/a" });
        await watch.ResponseHeadersAsync;
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var stopping = _service.GoDownAsync();
        (await Should.ThrowAsync<RpcException>(() => DrainAsync(watch))).StatusCode.ShouldBe(StatusCode.Unavailable);
        await stopping;
        await _service.ComeUpAsync();
    }

    [Fact]
    public async Task Watch_FromThePast_TellsAllAndThenWhatComes()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(started, 0));
        await Client.DecideAsync(Scripted.Decide(started, 1));

        using var watch = Client.Watch(new() { Name = "agents/a" });
        var past = new List<RunEvent>();
        for (var i = 0; i < 4; i++)
        {
            past.Add(await NextAsync(watch));
        }

        past.Select(happened => happened.Sequence).ShouldBe([1, 2, 3, 4]);
        past.Select(happened => happened.EventCase).ShouldBe(
            [RunEvent.EventOneofCase.State, RunEvent.EventOneofCase.Decision, RunEvent.EventOneofCase.Reported, RunEvent.EventOneofCase.Decision]);
        past[2].Reported.Decision.Interval.ShouldBe(0);
        past[2].Reported.HasReward.ShouldBeTrue();

        await Client.FinishRunAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Report = Scripted.Report(started.Run.Name, 1) });
        (await NextAsync(watch)).Reported.Decision.Interval.ShouldBe(1);
        (await NextAsync(watch)).State.ShouldBe(RunState.Finished);

        using var resumed = Client.Watch(new() { Name = "agents/a", AfterSequence = 3 });
        (await NextAsync(resumed)).Sequence.ShouldBe(4);
    }

    [Fact]
    public async Task Watch_LeaseLapses_TellsStaleAndActiveAgain()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var watch = Client.Watch(new() { Name = started.Run.Name });
        (await NextAsync(watch)).State.ShouldBe(RunState.Active);
        _service.Time.Advance(TimeSpan.FromMinutes(2));
        var stale = await NextAsync(watch);
        (stale.State, stale.Sequence).ShouldBe((RunState.Stale, 0));
        await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run(), LeaseToken = started.Lease.Token });
        (await NextAsync(watch)).State.ShouldBe(RunState.Active);
    }

    [Fact]
    public async Task Watch_Everything_SeesAgentsThatComeLater()
    {
        using var watch = Client.Watch(new() { Name = "agents/-" });
        await Client.StartAsync(Scripted.RandomAgent(), agentId: "later");
        (await NextAsync(watch)).Run.ShouldBe("agents/later/runs/r");
    }

    [Fact]
    public async Task Watch_BadScope_IsRefused()
    {
        await RefusedAsync(new() { Name = "agents/-", AfterSequence = 1 }, StatusCode.InvalidArgument);
        await RefusedAsync(new() { Name = "agents/none" }, StatusCode.NotFound);
        await RefusedAsync(new() { Name = "what" }, StatusCode.InvalidArgument);
    }

    private async Task RefusedAsync(WatchRequest request, StatusCode code)
    {
        using var watch = Client.Watch(request);
        (await Should.ThrowAsync<RpcException>(() => watch.ResponseStream.MoveNext(default))).StatusCode.ShouldBe(code);
    }

    private static async Task<Decision> AskAsync(AsyncDuplexStreamingCall<SteerRequest, Decision> stream, StartRunResponse started, int interval)
    {
        await stream.RequestStream.WriteAsync(new() { Decide = Scripted.Decide(started, interval) });
        (await stream.ResponseStream.MoveNext(default)).ShouldBeTrue();
        return stream.ResponseStream.Current;
    }

    private static async Task<RunEvent> NextAsync(AsyncServerStreamingCall<RunEvent> watch)
    {
        (await watch.ResponseStream.MoveNext(default)).ShouldBeTrue();
        return watch.ResponseStream.Current;
    }

    private static async Task DrainAsync(AsyncServerStreamingCall<RunEvent> watch)
    {
        while (await watch.ResponseStream.MoveNext(default))
        {
        }
    }
}
