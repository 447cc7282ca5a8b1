using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>Makes a timeline of a history.</summary>
internal static class TimelineSteps
{
    /// <param name="most">At most this many steps.</param>
    public static DecisionTimeline Of(RunView run, int most)
    {
        Method[] methods = [.. run.Probabilities.Select(entry => entry.Method).Concat(Chosen(run.Methods.Span)).Distinct().Order()];
        var count = Math.Min(most, run.Decisions);
        var steps = new TimelineStep[count];
        for (var step = 0; step < count; step++)
        {
            steps[step] = Step(run, methods, (int)((long)run.Decisions * step / count), (int)((long)run.Decisions * (step + 1) / count));
        }

        return new(run.Decisions, [.. methods.Select(DecisionDetails.Name)], steps);
    }

    private static TimelineStep Step(RunView run, Method[] methods, int from, int end)
    {
        var length = end - from;
        var decided = run.Methods.Span[from..end];
        var shares = new double[methods.Length];
        foreach (var method in decided)
        {
            shares[Array.IndexOf(methods, (Method)method)] += 1.0 / length;
        }

        var fallbacks = run.Fallbacks.Span[Math.Min(from, run.Reports)..Math.Min(end, run.Reports)];
        return new(
            from,
            end - 1,
            DecisionDetails.Name(methods[Array.IndexOf(shares, shares.Max())]),
            shares,
            [.. methods.Select(method => Probability(run, method, from, end))],
            Of("lambda_alpha"),
            Of("lambda_value"),
            Of("threshold_center"),
            Of("threshold_spread"),
            fallbacks.Length - fallbacks.Count((byte)Method.Unspecified));

        Spread? Of(string metric) => Spread.Of(run.Of(metric).Span[from..end]);
    }

    private static double Probability(RunView run, Method method, int from, int end)
    {
        var sum = 0.0;
        foreach (var (_, values) in run.Probabilities.Where(entry => entry.Method == method))
        {
            foreach (var value in values.Span[from..end])
            {
                sum += value;
            }
        }

        return sum / (end - from);
    }

    private static HashSet<Method> Chosen(ReadOnlySpan<byte> decided)
    {
        var chosen = new HashSet<Method>();
        foreach (var method in decided)
        {
            chosen.Add((Method)method);
        }

        return chosen;
    }
}
