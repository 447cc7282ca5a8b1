using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using MixPolicy.Agent.Tests.Experiments;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Api;

public sealed class WatchTests
{
    private const string Run = "name=agents/a/runs/r";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_AreThoseOfTheLog_AndGoOnAfterABreak()
    {
        await using var service = await TestService.StartAsync();
        using var api = new ApiClient(service);
        var started = await service.TrainAsync(Scripted.RandomAgent(), reports: 2);
        var first = await TakeAsync(api.WatchAsync($"{Run}&after=0"), 7);
        first.Select(item => item.EventType).ShouldBe(["alive", "state", "decision", "reported", "decision", "reported", "decision"]);
        first.Skip(1).Select(item => item.EventId).ShouldBe(["1", "2", "3", "4", "5", "6"]);
        ((string)first[1].Data["state"]!).ShouldBe("active");
        ((double)first[3].Data["reported"]!["numbers"]!.AsArray().Single(number => (string)number!["name"]! == "train_loss")!["value"]!).ShouldBe(Scripted.Report("", 0).TrainLoss);

        await service.Client.DecideAsync(Scripted.Decide(started, 3));
        var rest = await TakeAsync(api.WatchAsync(Run, lastEventId: "6"), 3);
        rest.Select(item => (item.EventType, item.EventId)).Skip(1).ShouldBe([("reported", "7"), ("decision", "8")]);
        await service.RestartAsync();
        using var again = new ApiClient(service);
        (await TakeAsync(again.WatchAsync(Run, lastEventId: "7"), 2))[1].EventId.ShouldBe("8");
    }

    [Fact]
    public async Task Event_ArrivesAsItHappens()
    {
        await using var service = await TestService.StartAsync();
        using var api = new ApiClient(service);
        var started = await service.TrainAsync(Scripted.PpoAgent(), reports: 7);
        await using var events = api.WatchAsync("name=agents/-", cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        // The first sign is there before anything happens: from here on nothing is missed.
        (await events.MoveNextAsync()).ShouldBeTrue();
        await service.Client.DecideAsync(Scripted.Decide(started, 8));
        var types = new List<string>();
        while (types.Count < 3 && await events.MoveNextAsync())
        {
            types.Add(events.Current.EventType);
        }

        types.ShouldBe(["reported", "update", "decision"]);
    }

    [Fact]
    public async Task Silence_IsBrokenBySignsOfLife_AndDeletionIsToldOfAsTheLast()
    {
        await using var service = await TestService.StartAsync();
        using var api = new ApiClient(service);
        await service.TrainAsync(Scripted.RandomAgent(), reports: 1);
        await using var events = api.WatchAsync(Run, cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        (await events.MoveNextAsync()).ShouldBeTrue();
        var next = events.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            // The wait for silence begins some time after the sign before.
            service.Time.Advance(TimeSpan.FromSeconds(16));
            await Task.WhenAny(next, Task.Delay(50, Cancellation));
        }

        (await next).ShouldBeTrue();
        // The lease may have lapsed in that time, which is news too.
        events.Current.EventType.ShouldBeOneOf("alive", "state");
        await service.Client.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        var last = events.Current;
        while (await events.MoveNextAsync())
        {
            last = events.Current;
        }

        last.EventType.ShouldBe("deleted");
    }

    [Fact]
    public async Task Streams_EndWhenTheServiceStops()
    {
        await using var service = await TestService.StartAsync();
        using var api = new ApiClient(service);
        await service.TrainAsync(Scripted.RandomAgent(), reports: 1);
        await using var events = api.WatchAsync(Run, cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        (await events.MoveNextAsync()).ShouldBeTrue();
        var next = events.MoveNextAsync().AsTask();
        await service.GoDownAsync();
        (await next).ShouldBeFalse();
        await service.ComeUpAsync();
    }

    private static async Task<List<SseItem<JsonNode>>> TakeAsync(IAsyncEnumerable<SseItem<JsonNode>> events, int count)
    {
        var taken = new List<SseItem<JsonNode>>();
        await foreach (var item in events.WithCancellation(Cancellation))
        {
            taken.Add(item);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }
}
