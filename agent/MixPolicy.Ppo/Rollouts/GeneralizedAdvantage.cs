namespace MixPolicy.Ppo.Rollouts;

/// <summary>Generalised advantage estimation (Schulman et al. 2016, equations 11 to 16) along one segment.</summary>
public static class GeneralizedAdvantage
{
    /// <param name="rewards">r of each step, in order.</param>
    /// <param name="values">V of each step's observation.</param>
    /// <param name="nextValue">V of the observation after the last step; 0 if the episode terminated there.</param>
    /// <param name="gamma">γ, discount a step, 0 to 1.</param>
    /// <param name="lambda">λ, weight of longer returns, 0 to 1.</param>
    /// <param name="advantages">Receives A of each step. The return of a step, the target of V, is A + V.</param>
    public static void Compute(
        ReadOnlySpan<float> rewards, ReadOnlySpan<float> values, float nextValue, double gamma, double lambda, Span<float> advantages)
    {
        var advantage = 0.0;
        for (var t = rewards.Length - 1; t >= 0; t--)
        {
            // δ_t = r_t + γ V(s_{t+1}) − V(s_t)          A_t = δ_t + γ λ A_{t+1}
            var delta = rewards[t] + (gamma * nextValue) - values[t];
            advantage = delta + (gamma * lambda * advantage);
            advantages[t] = (float)advantage;
            nextValue = values[t];
        }
    }
}
