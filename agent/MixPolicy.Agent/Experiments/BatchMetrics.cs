namespace MixPolicy.Agent.Experiments;

/// <summary>The numbers of batches, by their place in <see cref="All"/>.</summary>
internal static class BatchMetrics
{
    public const int Reward = 0;
    public const int Threshold = 1;
    public const int Value = 2;
    public const int LogProbability = 3;
    public const int PolicyVersion = 4;

    public static IReadOnlyList<Metric> All { get; } =
    [
        new("batch_reward", "Reward of the batch, mean of its images", "", SeriesAxis.Batch),
        new("batch_threshold", "Saliency percentile, mean of the images", "fraction", SeriesAxis.Batch),
        new("batch_value", "The critic's estimate", "", SeriesAxis.Batch),
        new("batch_log_probability", "Log-probability of the decision", "nats", SeriesAxis.Batch),
        new("batch_policy_version", "Updates before the decision", "", SeriesAxis.Batch),
    ];
}
