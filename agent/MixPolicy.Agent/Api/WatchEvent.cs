using System.Text.Json.Serialization;
using MixPolicy.Agent.Experiments;
using MixPolicy.V1;

namespace MixPolicy.Agent.Api;

/// <summary>Something that happened to a run. One of the parts is there, that which the event's type names.</summary>
/// <param name="Run">agents/{agent}/runs/{run}</param>
/// <param name="Sequence">Position in the agent's log, the event's id; 0 for what is not logged.</param>
/// <param name="State">The run began, ended, went stale or was taken up again.</param>
/// <param name="Decision">An interval was decided.</param>
/// <param name="Reported">An interval was reported and rewarded.</param>
/// <param name="Progress">Inside an interval; not logged.</param>
/// <param name="Update">The policy was updated.</param>
internal sealed record WatchEvent(
    string Run,
    long Sequence,
    DateTimeOffset Time,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunState? State = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DecidedEvent? Decision = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReportedEvent? Reported = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProgressEvent? Progress = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UpdateEvent? Update = null)
{
    /// <summary>The event's type: which part it has.</summary>
    [JsonIgnore]
    public string Type => this switch
    {
        { Decision: not null } => "decision",
        { Reported: not null } => "reported",
        { Progress: not null } => "progress",
        { Update: not null } => "update",
        _ => "state",
    };

    public static WatchEvent Of(RunEvent happened)
    {
        var view = new WatchEvent(happened.Run, happened.Sequence, happened.Time.ToDateTimeOffset());
        return happened.EventCase switch
        {
            RunEvent.EventOneofCase.Decision => view with { Decision = DecidedEvent.Of(happened.Decision) },
            RunEvent.EventOneofCase.Reported => view with { Reported = ReportedEvent.Of(happened.Reported) },
            RunEvent.EventOneofCase.Progress => view with { Progress = ProgressEvent.Of(happened.Progress) },
            RunEvent.EventOneofCase.Update => view with { Update = new(happened.Update.PolicyVersion, happened.Update.Diagnostics) },
            _ => view with { State = happened.State },
        };
    }
}

/// <summary>What was decided.</summary>
internal sealed record DecidedEvent(int Interval, ChoiceDetail Choice, long PolicyVersion, double LogProbability, double Value, IReadOnlyList<NamedNumber> Probabilities)
{
    public static DecidedEvent Of(Decision decision) => new(
        decision.Interval,
        DecisionDetails.Of(decision.Choice),
        decision.PolicyVersion,
        decision.LogProbability,
        decision.Value,
        DecisionDetails.Probabilities(decision));
}

/// <summary>What came of an interval.</summary>
/// <param name="Numbers">What was reported, by the names of the run's series.</param>
internal sealed record ReportedEvent(int Interval, double? Reward, ChoiceDetail? Fallback, IReadOnlyList<NamedNumber> Numbers)
{
    public static ReportedEvent Of(DecisionRecord record) => new(
        record.Decision.Interval,
        record.HasReward ? record.Reward : null,
        record.Report.Fallback is { } fallback ? DecisionDetails.Of(fallback) : null,
        IntervalMetrics.NumbersOf(record.Report));
}

/// <summary>How far an interval is.</summary>
internal sealed record ProgressEvent(int Interval, int Batch, int Batches, double RunningLoss, double ImagesPerSecond)
{
    public static ProgressEvent Of(Progress progress) => new(progress.Interval, progress.Batch, progress.Batches, progress.RunningLoss, progress.ImagesPerSecond);
}

/// <summary>An update of the policy.</summary>
internal sealed record UpdateEvent(long PolicyVersion, IReadOnlyDictionary<string, double> Diagnostics)
{
    public UpdateEvent(long version, IEnumerable<KeyValuePair<string, double>> diagnostics)
        : this(version, diagnostics.ToDictionary(entry => entry.Key, entry => entry.Value))
    {
    }
}
