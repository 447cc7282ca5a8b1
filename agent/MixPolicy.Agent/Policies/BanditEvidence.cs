namespace MixPolicy.Agent.Policies;

/// <summary>Discounted evidence about one arm, or about all of them together.</summary>
/// <param name="Weight">Rewards seen, each discounted by how many came after it.</param>
/// <param name="Sum">Their discounted sum.</param>
/// <param name="Squares">The discounted sum of their squares.</param>
public sealed record BanditEvidence(double Weight, double Sum, double Squares)
{
    // Keeps draws apart where all rewards were equal.
    private const double SmallestVariance = 1e-12;

    public static BanditEvidence None { get; } = new(0, 0, 0);

    public double Mean => Weight > 0 ? Sum / Weight : 0;

    /// <summary>Variance of the rewards; 1 while fewer than two count.</summary>
    public double Variance => Weight > 1 ? Math.Max(SmallestVariance, (Squares / Weight) - (Mean * Mean)) : 1;

    public BanditEvidence Discount(double discount) => new(Weight * discount, Sum * discount, Squares * discount);

    public BanditEvidence Add(double reward) => new(Weight + 1, Sum + reward, Squares + (reward * reward));

    /// <summary>
    /// The Gaussian posterior of an arm's mean reward. The prior is worth one reward: it has the mean m and the variance v of all arms' rewards,
    /// so that the bandit does not depend on the scale of the reward; the noise has v too.
    /// </summary>
    public GaussianBelief Posterior(BanditEvidence all) =>
        // mean = (m + s) / (1 + n), variance = v / (1 + n)
        new((all.Mean + Sum) / (1 + Weight), Math.Sqrt(all.Variance / (1 + Weight)));
}
