using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>From the log to what is shown of one decision.</summary>
internal static class DecisionDetails
{
    public static DecisionDetail Of(RunName run, LoggedInterval logged)
    {
        var decision = Decision.Parser.ParseFrom(logged.Decided.Payload);
        return new(
            decision.Name,
            run.ToString(),
            decision.Interval,
            Of(decision.Choice),
            decision.PolicyVersion,
            decision.LogProbability,
            decision.Value,
            Probabilities(decision),
            Of(decision.Distribution?.Lambda),
            Of(decision.Distribution?.Threshold),
            Observed(ObservationBytes.ToFloats(logged.Decided.Observation)),
            logged.Decided.Time,
            logged.Reported is { } reported ? Outcome(reported) : null);
    }

    /// <summary>Of the methods, in the order of the contract.</summary>
    public static IReadOnlyList<NamedNumber> Probabilities(Decision decision) =>
        [.. (decision.Distribution?.Methods ?? []).OrderBy(entry => entry.Method).Select(entry => new NamedNumber(Name(entry.Method), entry.Probability))];

    public static ChoiceDetail Of(Choice choice) => new(
        Name(choice.Method),
        choice.HasLambdaAlpha ? choice.LambdaAlpha : null,
        choice.HasLambdaValue ? choice.LambdaValue : null,
        choice.ThresholdBand?.Center,
        choice.ThresholdBand?.Spread,
        choice.ThresholdGrid?.Points,
        choice.ThresholdPerBatch is not null,
        choice.HasProbability ? choice.Probability : 1);

    /// <summary>A method of a newer version has its number for a name.</summary>
    public static string Name(Method method) => MethodTable.Find(method)?.Name ?? $"method_{(int)method}";

    private static DecisionOutcome Outcome(LogRow reported)
    {
        var report = Report.Parser.ParseFrom(reported.Payload);
        return new(reported.Reward, report.Fallback is { } fallback ? Of(fallback) : null, IntervalMetrics.NumbersOf(report), reported.Time);
    }

    private static DrawnFrom? Of(Distribution.Types.BoundedBeta? beta) => beta is null ? null : new(beta.Alpha, beta.Beta, beta.Low, beta.High, beta.LogScale);

    private static IReadOnlyList<NamedNumber> Observed(float[] values) => [.. values.Zip(ObservationLayout.Names, (value, name) => new NamedNumber(name, value))];
}
