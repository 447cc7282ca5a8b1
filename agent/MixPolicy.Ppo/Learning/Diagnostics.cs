namespace MixPolicy.Ppo.Learning;

/// <summary>The stable names of what an update reports. Losses are means over its minibatches.</summary>
public static class Diagnostics
{
    /// <summary>The clipped surrogate, negated: what is minimised.</summary>
    public const string PolicyLoss = "losses/policy";

    /// <summary>Mean squared error of the values.</summary>
    public const string ValueLoss = "losses/value";

    /// <summary>Mean entropy of the policy in nats (not negated).</summary>
    public const string Entropy = "losses/entropy";

    /// <summary>All together, as weighted: of the last minibatch, as Stable-Baselines3 reports it.</summary>
    public const string Total = "losses/total";

    /// <summary>Estimate of KL(old ‖ new): mean of (ratio − 1) − ln ratio. 0 or more.</summary>
    public const string ApproximateKl = "losses/approx_kl";

    /// <summary>Part of the samples whose ratio had left 1 ± clip range, 0 to 1.</summary>
    public const string ClipFraction = "losses/clip_fraction";

    /// <summary>Of the values before the update; see <see cref="Rollouts.TrainingBatch.ExplainedVariance"/>.</summary>
    public const string ExplainedVariance = "losses/explained_variance";

    /// <summary>Length of the whole gradient before clipping.</summary>
    public const string GradientNorm = "losses/gradient_norm";

    public const string LearningRate = "charts/learning_rate";

    public const string ClipRange = "charts/clip_range";

    /// <summary>Gradient steps of this update: fewer than its minibatches when it stopped early, or when a gradient was not finite.</summary>
    public const string GradientSteps = "charts/gradient_steps";

    /// <summary>Updates so far, this one included.</summary>
    public const string Updates = "charts/updates";

    /// <summary>Samples learned from so far, these included.</summary>
    public const string Samples = "charts/samples";

    /// <summary>Mean return of the last 100 finished episodes, before reward normalisation (vectorised training only).</summary>
    public const string EpisodicReturn = "charts/episodic_return";

    /// <summary>Mean length of the same episodes in steps.</summary>
    public const string EpisodicLength = "charts/episodic_length";
}
