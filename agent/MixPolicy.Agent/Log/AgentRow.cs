using MixPolicy.Agent.Policies;
using MixPolicy.V1;

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

    /// <summary>Position of the last entry of its log, 0 while there is none.</summary>
    public long LastSequence { get; init; }

    public long PolicyVersion { get; init; }

    public long Decisions { get; init; }

    public long Reports { get; init; }

    /// <summary>Batches decided.</summary>
    public long Batches { get; init; }

    /// <summary>How its policy is named in the spec: <c>ppo</c>. Null in a row of an older version, until <see cref="SummaryFill"/> has been there.</summary>
    public string? Policy { get; init; }

    /// <summary>Names of the methods that its policy may choose, in the order of the contract, with commas between.</summary>
    public string Methods { get; init; } = "";

    /// <summary>The row with what its spec says, for lists.</summary>
    /// <param name="spec">Valid, defaults filled in.</param>
    public AgentRow Described(AgentSpec spec) => this with { Policy = PolicyNames.KindOf(spec), Methods = string.Join(',', PolicyNames.MethodsOf(spec)) };
}
