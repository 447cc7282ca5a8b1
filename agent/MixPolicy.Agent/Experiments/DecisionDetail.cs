namespace MixPolicy.Agent.Experiments;

/// <summary>Everything that is known of one decision.</summary>
/// <param name="Name">agents/{agent}/runs/{run}/decisions/{interval}</param>
/// <param name="Run">agents/{agent}/runs/{run}</param>
/// <param name="PolicyVersion">Updates before it.</param>
/// <param name="LogProbability">Of the choice, natural logarithm (a density where heads are continuous).</param>
/// <param name="Value">The critic's estimate of the discounted reward; 0 without a critic.</param>
/// <param name="Probabilities">Of the methods, in the order of the contract.</param>
/// <param name="Lambda">What λ's parameter was drawn from; null where the method has none.</param>
/// <param name="Threshold">What the middle of the band was drawn from; null where the method has none.</param>
/// <param name="Observation">What the policy saw, before normalisation; docs/protocol.md tells each entry.</param>
/// <param name="Outcome">What came of it; null until the interval is reported.</param>
public sealed record DecisionDetail(
    string Name,
    string Run,
    int Interval,
    ChoiceDetail Choice,
    long PolicyVersion,
    double LogProbability,
    double Value,
    IReadOnlyList<NamedNumber> Probabilities,
    DrawnFrom? Lambda,
    DrawnFrom? Threshold,
    IReadOnlyList<NamedNumber> Observation,
    DateTimeOffset DecideTime,
    DecisionOutcome? Outcome);

/// <summary>A choice; what the method does not use is null.</summary>
/// <param name="Method">By name.</param>
/// <param name="LambdaAlpha">λ ~ Beta(α, α).</param>
/// <param name="LambdaValue">λ.</param>
/// <param name="ThresholdCenter">Middle of the band that each image draws its percentile from.</param>
/// <param name="ThresholdSpread">Width of the band.</param>
/// <param name="ThresholdGrid">Points of the grid that each image draws its percentile from.</param>
/// <param name="ThresholdPerBatch">The percentiles are decided batch by batch.</param>
/// <param name="Probability">Of a batch being mixed at all.</param>
public sealed record ChoiceDetail(
    string Method,
    double? LambdaAlpha,
    double? LambdaValue,
    double? ThresholdCenter,
    double? ThresholdSpread,
    int? ThresholdGrid,
    bool ThresholdPerBatch,
    double Probability);

public sealed record NamedNumber(string Name, double Value);

/// <summary>A Beta(alpha, beta) distribution stretched to [low, high], on a logarithmic scale if <paramref name="LogScale"/>.</summary>
public sealed record DrawnFrom(double Alpha, double Beta, double Low, double High, bool LogScale);

/// <summary>What came of a decision.</summary>
/// <param name="Reward">Null where it ran under a fallback, or the report lacks what the reward is made of.</param>
/// <param name="Fallback">What was done instead; null where the decision was carried out.</param>
/// <param name="Numbers">What was reported, by the names of the run's series.</param>
public sealed record DecisionOutcome(double? Reward, ChoiceDetail? Fallback, IReadOnlyList<NamedNumber> Numbers, DateTimeOffset ReportTime);
