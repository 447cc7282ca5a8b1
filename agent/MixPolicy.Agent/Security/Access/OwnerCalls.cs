using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Access;

/// <summary>How many requests, streams among them, each owner has open: at most half as many as there may be connections, so that one owner's never are all that is served. Thread-safe.</summary>
internal sealed class OwnerCalls(AgentOptions options)
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _open = new(StringComparer.Ordinal);

    public int Most { get; } = Math.Max(1, options.MaxConnections / 2);

    /// <returns>Whether there may be one more. It is to be left again only then.</returns>
    public bool TryEnter(string owner)
    {
        var open = _open.GetOrAdd(owner, _ => new());
        if (Interlocked.Increment(ref open.Value) <= Most)
        {
            return true;
        }

        Interlocked.Decrement(ref open.Value);
        return false;
    }

    public void Leave(string owner) => Interlocked.Decrement(ref _open[owner].Value);
}
