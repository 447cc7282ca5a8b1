using System.Threading.Channels;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Live;
using MixPolicy.V1;

namespace MixPolicy.Agent.Dashboard.Live;

/// <summary>Tells pages what happens to runs: by the service's signals, gathered so that a fast run does not redraw a page with every batch. Thread-safe.</summary>
internal sealed class LiveRuns(RunWatches watches, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    // A page that is slower than that looks at the database anyway.
    private const int MostEvents = 1000;

    /// <summary>Begins to watch: whatever is committed from here on will be told.</summary>
    /// <param name="name">agents/{agent}/runs/{run}, agents/{agent}, or agents/- for everything.</param>
    /// <exception cref="RefusalException">There is no such agent or run.</exception>
    public Task<RunWatch> OpenAsync(string name, CancellationToken cancellationToken) => watches.OpenAsync(name, null, cancellationToken);

    /// <summary>Follows until cancelled, or until the service stops: browsers are not waited for then, and their pages must not look at a database that is closed.</summary>
    /// <param name="watch">Is disposed of at the end.</param>
    /// <param name="happened">Gets what happened since the last call, never two at once.</param>
    /// <exception cref="RefusalException">The agent has been deleted.</exception>
    public async Task FollowAsync(RunWatch watch, Func<IReadOnlyList<RunEvent>, Task> happened, CancellationToken cancellationToken)
    {
        await using var watching = watch;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var events = Channel.CreateBounded<RunEvent>(new BoundedChannelOptions(MostEvents) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(watch, events.Writer, ending.Token);
        try
        {
            while (await events.Reader.WaitToReadAsync(ending.Token))
            {
                await Task.Delay(Gathering, ending.Token);
                List<RunEvent> gathered = [];
                while (events.Reader.TryRead(out var next))
                {
                    gathered.Add(next);
                }

                await happened(gathered);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    private static async Task ReadAsync(RunWatch watch, ChannelWriter<RunEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var next in watch.EventsAsync(cancellationToken))
            {
                events.TryWrite(next);
            }
        }
        catch (Exception e)
        {
            // The reader gets it.
            events.TryComplete(e);
        }
    }
}
