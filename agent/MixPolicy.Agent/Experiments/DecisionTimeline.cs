namespace MixPolicy.Agent.Experiments;

/// <summary>What a run's policy decided over its intervals.</summary>
/// <param name="Methods">Those it may choose or chose, by name, in the order of the contract.</param>
/// <param name="Steps">In order, without gaps: one an interval, or one for several where there are more intervals than steps were asked for.</param>
public sealed record DecisionTimeline(int Decisions, IReadOnlyList<string> Methods, IReadOnlyList<TimelineStep> Steps);

/// <summary>One interval of a timeline, or several.</summary>
/// <param name="From">First interval.</param>
/// <param name="To">Last interval.</param>
/// <param name="Method">The method decided, or that decided most often.</param>
/// <param name="Shares">How often each of <see cref="DecisionTimeline.Methods"/> was decided: fractions, 0 or 1 for one interval.</param>
/// <param name="Probabilities">What the policy gave each of <see cref="DecisionTimeline.Methods"/>, mean over the intervals.</param>
/// <param name="LambdaAlpha">α of λ ~ Beta(α, α). Null where the methods decided have none, as with those below.</param>
/// <param name="LambdaValue">λ.</param>
/// <param name="ThresholdCenter">Middle of the band that saliency percentiles are drawn from.</param>
/// <param name="ThresholdSpread">Width of the band.</param>
/// <param name="Fallbacks">Intervals that did not run as decided.</param>
public sealed record TimelineStep(
    int From,
    int To,
    string Method,
    IReadOnlyList<double> Shares,
    IReadOnlyList<double> Probabilities,
    Spread? LambdaAlpha,
    Spread? LambdaValue,
    Spread? ThresholdCenter,
    Spread? ThresholdSpread,
    int Fallbacks);

/// <summary>Least, mean and greatest of some values.</summary>
public sealed record Spread(double Min, double Mean, double Max)
{
    /// <summary>Of the values that are there, or null if none is.</summary>
    internal static Spread? Of(ReadOnlySpan<double> values)
    {
        var (min, max, sum, count) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                (min, max, sum, count) = (Math.Min(min, value), Math.Max(max, value), sum + value, count + 1);
            }
        }

        return count == 0 ? null : new(min, sum / count, max);
    }
}
