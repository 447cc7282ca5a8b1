using System.Collections.Concurrent;
using MixPolicy.Agent.Hosting;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>When keys were last used, until somebody writes it down. Thread-safe.</summary>
internal sealed class KeyUses(AgentClock clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _latest = new();

    public void Used(string id) => _latest[id] = clock.Now;

    /// <summary>The uses since the last call.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Take()
    {
        var taken = new Dictionary<string, DateTimeOffset>();
        foreach (var id in _latest.Keys)
        {
            if (_latest.TryRemove(id, out var time))
            {
                taken.Add(id, time);
            }
        }

        return taken;
    }
}
