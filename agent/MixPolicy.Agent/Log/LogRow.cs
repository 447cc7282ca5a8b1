namespace MixPolicy.Agent.Log;

/// <summary>One line of an agent's log. Lines are only ever added.</summary>
public sealed record LogRow
{
    public required string AgentId { get; init; }

    /// <summary>Position in the agent's log: 1, 2, 3, ...</summary>
    public required long Sequence { get; init; }

    public required string RunId { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>The interval decided or reported; null for the other kinds.</summary>
    public int? Interval { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>See <see cref="EntryKind"/>.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>What the policy saw: float32, little-endian. Of decisions only.</summary>
    public byte[]? Observation { get; init; }

    /// <summary>Of reports only, where the report allowed one.</summary>
    public double? Reward { get; init; }
}
