using System.Diagnostics.Metrics;

namespace MixPolicy.Agent.Telemetry;

/// <summary>What the service measures as it happens. docs/telemetry.md says what each instrument means; a test compares the two.</summary>
public sealed class AgentMetrics
{
    public const string MeterName = "MixPolicy.Agent";

    // Seconds: from a decision in memory to an update with a full rollout.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> Rewards = new()
    {
        HistogramBucketBoundaries = [-1, -0.5, -0.25, -0.1, -0.05, 0, 0.05, 0.1, 0.25, 0.5, 1],
    };

    public AgentMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        Decisions = Meter.CreateCounter<long>("mixpolicy.agent.decisions", "{decision}", "Decisions committed.");
        Repeats = Meter.CreateCounter<long>("mixpolicy.agent.decision.repeats", "{decision}", "Decisions given again as stored.");
        DecisionDuration = Meter.CreateHistogram(
            "mixpolicy.agent.decision.duration", "s", "From the agent's taking up a request to its committed decision.", advice: Durations);
        Fallbacks = Meter.CreateCounter<long>("mixpolicy.agent.fallbacks", "{decision}", "Decisions reported as not carried out.");
        Reward = Meter.CreateHistogram("mixpolicy.agent.reward", "{reward}", "Rewards earned.", advice: Rewards);
        Updates = Meter.CreateCounter<long>("mixpolicy.agent.updates", "{update}", "Updates of policies.");
        UpdateDuration = Meter.CreateHistogram("mixpolicy.agent.update.duration", "s", "Computing an update of a policy.", advice: Durations);
        CommitDuration = Meter.CreateHistogram("mixpolicy.agent.commit.duration", "s", "One transaction of the log, without the wait for its turn.", advice: Durations);
        SnapshotDuration = Meter.CreateHistogram("mixpolicy.agent.snapshot.duration", "s", "Writing a snapshot until it is durable.", advice: Durations);
        Streams = Meter.CreateUpDownCounter<long>("mixpolicy.agent.streams", "{stream}", "Streaming calls that are open.");
    }

    /// <summary>Of this service; two services in one process have one each, told apart by their scope.</summary>
    public Meter Meter { get; }

    internal Counter<long> Decisions { get; }

    internal Counter<long> Repeats { get; }

    internal Histogram<double> DecisionDuration { get; }

    internal Counter<long> Fallbacks { get; }

    internal Histogram<double> Reward { get; }

    internal Counter<long> Updates { get; }

    internal Histogram<double> UpdateDuration { get; }

    internal Histogram<double> CommitDuration { get; }

    internal Histogram<double> SnapshotDuration { get; }

    internal UpDownCounter<long> Streams { get; }
}
