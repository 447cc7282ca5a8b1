using MixPolicy.Agent.Configuration;
using MixPolicy.Torch.Threads;

namespace MixPolicy.Agent.Grains;

/// <summary>
/// The threads that compute policies: a bounded set, so that many agents cannot take the processors from a trainer beside them. An agent stays on one
/// thread, where its work keeps its order. One intra-op thread each: the networks are tiny, and the count is part of being repeatable to the bit.
/// </summary>
public sealed class ModelThreads : IDisposable
{
    private readonly ModelThread[] _threads;
    private int _next = -1;

    public ModelThreads(AgentOptions options) =>
        _threads = [.. Enumerable.Range(0, options.ModelThreads).Select(i => new ModelThread($"policy-{i}", intraOpThreads: 1))];

    /// <summary>A thread for an agent that has just come to life; they take turns.</summary>
    public ModelThread Next() => _threads[(uint)Interlocked.Increment(ref _next) % _threads.Length];

    /// <summary>What waits for each thread.</summary>
    public IEnumerable<(string Thread, int Waiting)> Queues() => _threads.Select(thread => (thread.Name, thread.Waiting));

    public void Dispose()
    {
        foreach (var thread in _threads)
        {
            thread.Dispose();
        }
    }
}
