using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Live;

/// <summary>Opens watches: for the contract's Watch, for the JSON API and for pages. Thread-safe.</summary>
public sealed class RunWatches(LogDatabase database, RunSignals signals, LeaseRules leases, AgentClock clock)
{
    /// <summary>Begins to watch: whatever is committed from here on will be among the events.</summary>
    /// <param name="name">agents/{agent}/runs/{run}, agents/{agent}, or agents/- for everything.</param>
    /// <param name="after">Logged events after this position come first; null for live events only. With agents/- 0 or null.</param>
    /// <exception cref="RefusalException">There is no such agent or run, or its log is shorter.</exception>
    public async Task<RunWatch> OpenAsync(string name, long? after, CancellationToken cancellationToken)
    {
        RunName? run = RunName.TryParse(name, out var parsed) ? parsed : null;
        var agent = run is null ? AgentName.ParseOrAny("name", name) : new(parsed.Agent);
        if (after < 0 || (agent == AgentName.Any && after > 0))
        {
            throw Refusal.Invalid("after_sequence", $"{after}", agent == AgentName.Any ? "0: a position belongs to one agent" : "0, or the position of an event");
        }

        var watch = new RunWatch(database, signals, leases, clock, agent, run);
        try
        {
            await watch.OpenAsync(after, cancellationToken);
            return watch;
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }
    }
}

/// <summary>
/// What happens to runs: reads the log onwards from the database at each signal, so that nothing is lost however slow the reader is, and adds what is not logged.
/// </summary>
public sealed class RunWatch : IAsyncDisposable
{
    // How late a lapsed lease may be noticed.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly RunSignals.Subscription _subscription;
    private readonly ITimer _tick;
    private readonly WatchedLogs _logs;
    private readonly LeaseWatch _lapses;

    internal RunWatch(LogDatabase database, RunSignals signals, LeaseRules leases, AgentClock clock, AgentName agent, RunName? run)
    {
        _subscription = signals.Subscribe(agent, run);
        // A lease lapses without a signal.
        _tick = clock.Time.CreateTimer(_ => _subscription.Wake(agent), null, Tick, Tick);
        _logs = new(database, agent, run);
        _lapses = new(database, leases, clock, agent, run);
    }

    /// <summary>The events, as they come, without end. To be read once.</summary>
    /// <exception cref="RefusalException">The agent has been deleted.</exception>
    public async IAsyncEnumerable<RunEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await foreach (var logged in _logs.NextAsync(cancellationToken))
            {
                yield return logged;
            }

            foreach (var (name, progress, time) in _subscription.TakeProgress())
            {
                yield return new() { Run = name.ToString(), Time = time.ToTimestamp(), Progress = progress };
            }

            foreach (var change in await _lapses.NextAsync(cancellationToken))
            {
                yield return change;
            }

            await _subscription.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync();
        _subscription.Dispose();
    }

    internal Task OpenAsync(long? after, CancellationToken cancellationToken) => _logs.OpenAsync(after, cancellationToken);
}
