using System.Collections.Concurrent;
using System.Threading.Channels;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Live;

/// <summary>
/// Tells watchers that there is something to see. The log itself is read from the database: a signal that comes twice or late loses nothing.
/// Progress is not logged, so its latest value travels here. Thread-safe.
/// </summary>
public sealed class RunSignals
{
    private readonly ConcurrentDictionary<Subscription, bool> _subscriptions = new();

    /// <param name="agent">The agent watched, or <see cref="AgentName.Any"/>.</param>
    /// <param name="run">The run watched, or null for all of the agent.</param>
    public Subscription Subscribe(AgentName agent, RunName? run)
    {
        var subscription = new Subscription(this, agent, run);
        _subscriptions[subscription] = true;
        return subscription;
    }

    /// <summary>Something about the agent has been committed.</summary>
    public void Committed(AgentName agent)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Wake(agent);
        }
    }

    public void Progressed(RunName run, Progress progress, DateTimeOffset time)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Show(run, progress, time);
        }
    }

    /// <summary>The signals of one watcher.</summary>
    public sealed class Subscription(RunSignals owner, AgentName agent, RunName? run) : IDisposable
    {
        // One pending signal says as much as ten.
        private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly ConcurrentDictionary<RunName, (Progress Progress, DateTimeOffset Time)> _latest = new();

        /// <summary>Completes at the next signal since the last wait.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken) => await _wakes.Reader.ReadAsync(cancellationToken);

        /// <summary>The latest progress of each run that had some since the last call.</summary>
        public IEnumerable<(RunName Run, Progress Progress, DateTimeOffset Time)> TakeProgress()
        {
            foreach (var name in _latest.Keys)
            {
                if (_latest.TryRemove(name, out var latest))
                {
                    yield return (name, latest.Progress, latest.Time);
                }
            }
        }

        public void Dispose() => owner._subscriptions.TryRemove(this, out _);

        /// <summary>Signals, if it is about what is watched.</summary>
        public void Wake(AgentName of)
        {
            if (agent == AgentName.Any || of == AgentName.Any || agent == of)
            {
                _wakes.Writer.TryWrite(true);
            }
        }

        internal void Show(RunName of, Progress progress, DateTimeOffset time)
        {
            if (run is null ? agent == AgentName.Any || agent.Id == of.Agent : run == of)
            {
                _latest[of] = (progress, time);
                _wakes.Writer.TryWrite(true);
            }
        }
    }
}
