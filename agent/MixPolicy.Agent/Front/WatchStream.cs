using Grpc.Core;
using MixPolicy.Agent.Live;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>Watch: one loop writes the stream.</summary>
internal sealed class WatchStream(RunWatches watches, IHostApplicationLifetime lifetime)
{
    public async Task RunAsync(WatchRequest request, IServerStreamWriter<RunEvent> events, ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        await using var watch = await watches.OpenAsync(request.Name, request.LiveOnly ? null : request.AfterSequence, ending.Token);
        // From here on nothing is missed, and the client may know it before the first event.
        await context.WriteResponseHeadersAsync([]);
        await foreach (var happened in watch.EventsAsync(ending.Token))
        {
            await events.SendAsync(happened, ending.Token);
        }
    }
}
