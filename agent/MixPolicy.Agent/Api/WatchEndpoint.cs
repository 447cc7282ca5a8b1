using System.ComponentModel;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Live;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Api;

/// <summary>Live updates as server-sent events.</summary>
internal sealed class WatchEndpoint(RunWatches watches, AgentClock clock, IHostApplicationLifetime lifetime)
{
    private const string LastEventId = "Last-Event-ID";

    // A proxy or a browser that hears nothing for a minute may take the connection for dead.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder api) => api.MapGet("/watch", Watch)
        .WithTags("Live")
        .WithName("Watch")
        .WithSummary("Server-sent events: what happens to a run, to the runs of an agent, or to all.")
        .WithDescription("Types: state, decision, reported, progress, update; alive every 15 s of silence; deleted as the last. The id of a logged event is its position, to go on after.")
        .Fails(400).Fails(404);

    private static async Task<ServerSentEventsResult<WatchEvent>> Watch(
        [FromQuery(Name = "name"), Description("agents/{agent}/runs/{run}, agents/{agent}, or agents/- for all.")] string? name,
        [FromQuery(Name = "after"), Description("Logged events after this position come first. Without it live events only. A browser that reconnects says it in Last-Event-ID, which comes before.")] QueryInteger? after,
        HttpContext http,
        WatchEndpoint endpoint,
        CancellationToken cancellationToken)
    {
        var all = name == AgentName.Any.ToString();
        var position = http.Request.Headers[LastEventId].FirstOrDefault() is { Length: > 0 } last && !all
            ? new QueryInteger(last).In(LastEventId, 0, long.MaxValue)
            : after?.In("after", 0, long.MaxValue);
        var watch = await endpoint.OpenAsync(name ?? "", position, cancellationToken);
        http.Response.RegisterForDisposeAsync(watch);
        return TypedResults.ServerSentEvents(endpoint.ItemsAsync(watch, name!, cancellationToken));
    }

    private Task<RunWatch> OpenAsync(string name, long? after, CancellationToken cancellationToken) => watches.OpenAsync(name, after, cancellationToken);

    private async IAsyncEnumerable<SseItem<WatchEvent>> ItemsAsync(RunWatch watch, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await using var events = watch.EventsAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        // At once, so that a browser knows that the stream is open.
        yield return Sign("alive") with { ReconnectionInterval = Reconnect };
        var next = NextAsync(events);
        try
        {
            while (true)
            {
                var heard = await Task.WhenAny(next, Task.Delay(Silence, clock.Time, ending.Token)) == next || ending.IsCancellationRequested;
                if (!heard)
                {
                    yield return Sign("alive");
                    continue;
                }

                var (happened, deleted) = await next;
                if (deleted)
                {
                    yield return Sign("deleted");
                }

                if (happened is null)
                {
                    // The browser comes back by itself: to a service that was restarted, or to hear that there is nothing.
                    yield break;
                }

                yield return Item(WatchEvent.Of(happened));
                next = NextAsync(events);
            }
        }
        finally
        {
            // An enumerator may not be disposed of while it moves.
            await ending.CancelAsync();
            await next;
        }

        SseItem<WatchEvent> Sign(string type) => new(new(name, 0, clock.Now), type);
    }

    private static SseItem<WatchEvent> Item(WatchEvent happened) =>
        new(happened, happened.Type) { EventId = happened.Sequence > 0 ? happened.Sequence.ToString(CultureInfo.InvariantCulture) : null };

    /// <returns>The next event, or null at the end: the reader has gone, the service stops, or what was watched is deleted.</returns>
    private static async Task<(RunEvent? Happened, bool Deleted)> NextAsync(IAsyncEnumerator<RunEvent> events)
    {
        try
        {
            return (await events.MoveNextAsync() ? events.Current : null, false);
        }
        catch (RefusalException)
        {
            return (null, true);
        }
        catch (OperationCanceledException)
        {
            return (null, false);
        }
    }
}
