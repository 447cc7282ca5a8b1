using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Log;

/// <summary>A run in the database.</summary>
public sealed partial record RunRow
{
    public required string AgentId { get; init; }

    /// <summary>The {run} of its name.</summary>
    public required string RunId { get; init; }

    /// <summary>The <see cref="V1.RunSpec"/>.</summary>
    public required byte[] Spec { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Last decision or report.</summary>
    public required DateTimeOffset Updated { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public required string LeaseToken { get; init; }

    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>When the lease lapses, if the service was there all the time: see <see cref="Grains.LeaseRules"/>.</summary>
    public required DateTimeOffset LeaseExpires { get; init; }

    public int Decisions { get; init; }

    public int Reports { get; init; }

    /// <summary>Batches decided: the number of the next.</summary>
    public long Batches { get; init; }

    /// <summary>Batches whose reward is known: the number of the next.</summary>
    public long Rewarded { get; init; }

    public RunName Name => new(AgentId, RunId);
}
