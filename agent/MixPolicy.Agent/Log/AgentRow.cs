namespace MixPolicy.Agent.Log;

/// <summary>An agent in the database.</summary>
public sealed record AgentRow
{
    /// <summary>The {agent} of its name.</summary>
    public required string Id { get; init; }

    /// <summary>Tells this agent from a deleted one of the same name.</summary>
    public required Guid Incarnation { get; init; }

    /// <summary>The <see cref="V1.AgentSpec"/>, defaults filled in.</summary>
    public required byte[] Spec { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Who created it, or null if the service asked nobody for a key then.</summary>
    public string? Owner { get; init; }

    /// <summary>Position of the last entry of its log, 0 while there is none.</summary>
    public long LastSequence { get; init; }

    public long PolicyVersion { get; init; }

    public long Decisions { get; init; }

    public long Reports { get; init; }

    /// <summary>Batches decided.</summary>
    public long Batches { get; init; }
}
