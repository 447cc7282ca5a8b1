namespace MixPolicy.Ppo.Rollouts;

/// <summary>All that one update learns from: N samples, D numbers an observation, A an action; each array row-major, in one order of samples.</summary>
/// <param name="Observations">N × D, normalised.</param>
/// <param name="Actions">N × A.</param>
/// <param name="LogProbs">N, under the policy that acted.</param>
/// <param name="Values">N, expected then.</param>
/// <param name="Advantages">N, not normalised.</param>
public sealed record TrainingBatch(float[] Observations, float[] Actions, float[] LogProbs, float[] Values, float[] Advantages)
{
    public int Count => LogProbs.Length;

    /// <summary>N targets of the value function: A + V.</summary>
    public float[] Returns { get; init; } = [.. Advantages.Zip(Values, (advantage, value) => advantage + value)];

    /// <summary>1 − Var(return − value)/Var(return): 1 is a perfect value function, 0 one no better than a constant. NaN when returns do not vary.</summary>
    public double ExplainedVariance => Explained(Returns, Values);

    internal static double Explained(float[] returns, float[] values)
    {
        var variance = Variance(returns);
        return variance == 0 ? double.NaN : 1 - (Variance([.. returns.Zip(values, (target, value) => target - value)]) / variance);
    }

    private static double Variance(float[] numbers)
    {
        var mean = numbers.Average(x => (double)x);
        return numbers.Average(x => (x - mean) * (x - mean));
    }
}
