namespace MixPolicy.Agent.Telemetry;

/// <summary>The newest figures of an agent; null where there is none yet. Of several runs at once, whichever came last.</summary>
internal sealed record ExperimentReading(double? Reward, double? Entropy, double? HeldOutTop1, long? PolicyVersion)
{
    public static ExperimentReading None { get; } = new(null, null, null, null);
}

/// <summary>The newest figures of the agents that learned something last: names are labels there, so how many there are is bounded. From any thread.</summary>
internal sealed class ExperimentReadings
{
    /// <summary>Agents shown at once.</summary>
    public const int Most = 100;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, (ExperimentReading Reading, long Turn)> _agents = new(StringComparer.Ordinal);
    private long _turn;

    public void Set(string agent, Func<ExperimentReading, ExperimentReading> change)
    {
        lock (_guard)
        {
            if (!_agents.TryGetValue(agent, out var known) && _agents.Count == Most)
            {
                _agents.Remove(_agents.MinBy(entry => entry.Value.Turn).Key);
            }

            _agents[agent] = (change(known.Reading ?? ExperimentReading.None), ++_turn);
        }
    }

    public void Remove(string agent)
    {
        lock (_guard)
        {
            _agents.Remove(agent);
        }
    }

    public IReadOnlyList<(string Agent, ExperimentReading Reading)> All()
    {
        lock (_guard)
        {
            return [.. _agents.Select(entry => (entry.Key, entry.Value.Reading))];
        }
    }
}
