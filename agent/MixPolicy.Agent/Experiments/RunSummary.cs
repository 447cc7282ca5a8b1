using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>A run as lists show it. Losses are mean cross-entropies in nats, accuracies fractions; each of the last report that had it, null where none did.</summary>
public sealed record RunSummary
{
    /// <summary>agents/{agent}/runs/{run}</summary>
    public required string Name { get; init; }

    /// <summary>The {agent} of its name.</summary>
    public required string Agent { get; init; }

    /// <summary>The {run} of its name.</summary>
    public required string Run { get; init; }

    public required RunState State { get; init; }

    public required string Dataset { get; init; }

    public required string Network { get; init; }

    /// <summary>How the agent's policy is named in its spec.</summary>
    public required string Policy { get; init; }

    /// <summary>The methods that the policy may choose, by name.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>As given by the trainer.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Intervals planned.</summary>
    public int Intervals { get; init; }

    public int Decisions { get; init; }

    public int Reports { get; init; }

    /// <summary>Batches decided; 0 where the policy decides by interval only.</summary>
    public long Batches { get; init; }

    /// <summary>Fraction of the training that is done, in [0, 1].</summary>
    public double Progress { get; init; }

    public double? TrainLoss { get; init; }

    public double? HoldoutLoss { get; init; }

    public double? HoldoutTop1 { get; init; }

    /// <summary>Highest of all reports.</summary>
    public double? BestHoldoutTop1 { get; init; }

    public double? TestTop1 { get; init; }

    /// <summary>Of the last report.</summary>
    public double? Reward { get; init; }

    public DateTimeOffset CreateTime { get; init; }

    /// <summary>Last decision or report.</summary>
    public DateTimeOffset UpdateTime { get; init; }

    public DateTimeOffset? FinishTime { get; init; }
}
