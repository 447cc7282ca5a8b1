using System.Diagnostics;
using MixPolicy.Agent.Log;
using MixPolicy.Ppo.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Telemetry;

/// <summary>What one agent's work is measured with. Told only of what is committed.</summary>
internal sealed class AgentMeasures(AgentMetrics metrics, ExperimentReadings experiments, AgentRow agent)
{
    private readonly string _policy = Labels.PolicyOf(AgentSpec.Parser.ParseFrom(agent.Spec));

    /// <param name="method">Unspecified where the policy chooses thresholds only: R-Mix.</param>
    /// <param name="asked">Timestamp of <see cref="Stopwatch"/>.</param>
    public void Decided(string scale, Method method, long asked)
    {
        metrics.Decisions.Add(1, new(Labels.Policy, _policy), new(Labels.Scale, scale), new(Labels.Method, Labels.Of(method is Method.Unspecified ? Method.RMix : method)));
        metrics.DecisionDuration.Record(Seconds(asked), new(Labels.Policy, _policy), new(Labels.Scale, scale));
    }

    public void Repeated(string scale) => metrics.Repeats.Add(1, new(Labels.Policy, _policy), new(Labels.Scale, scale));

    public void Reported(Report report, double? reward)
    {
        if (report.Fallback is not null)
        {
            metrics.Fallbacks.Add(1, new KeyValuePair<string, object?>(Labels.Policy, _policy));
        }

        if (reward is { } earned)
        {
            Rewarded(Labels.Epoch, earned);
        }

        if (report.HasHoldoutTop1)
        {
            experiments.Set(agent.Id, reading => reading with { HeldOutTop1 = report.HoldoutTop1 });
        }
    }

    public void Rewarded(string scale, double reward)
    {
        metrics.Reward.Record(reward, new(Labels.Policy, _policy), new(Labels.Scale, scale));
        experiments.Set(agent.Id, reading => reading with { Reward = reward });
    }

    public void Updated(string scale, long version, IReadOnlyDictionary<string, double> diagnostics, TimeSpan took)
    {
        metrics.Updates.Add(1, new(Labels.Policy, _policy), new(Labels.Scale, scale));
        metrics.UpdateDuration.Record(took.TotalSeconds, new(Labels.Policy, _policy), new(Labels.Scale, scale));
        double? entropy = diagnostics.TryGetValue(Diagnostics.Entropy, out var nats) && double.IsFinite(nats) ? nats : null;
        experiments.Set(agent.Id, reading => reading with { PolicyVersion = version, Entropy = entropy ?? reading.Entropy });
    }

    public void Saved(string scale, long begun) =>
        metrics.SnapshotDuration.Record(Seconds(begun), new(Labels.Policy, _policy), new(Labels.Scale, scale));

    public void Deleted() => experiments.Remove(agent.Id);

    private static double Seconds(long since) => Stopwatch.GetElapsedTime(since).TotalSeconds;
}
