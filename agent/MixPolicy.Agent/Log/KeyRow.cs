using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Log;

/// <summary>A key in the database. The key itself is not there, only the hash of its secret.</summary>
public sealed record KeyRow
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required Role Role { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Null means never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Why it does not work, as the end of a sentence about it, or null if it does.</summary>
    public string? Fault(DateTimeOffset now) =>
        Revoked is { } revoked ? $"was revoked at {revoked:u}" : Expires <= now ? $"expired at {Expires:u}" : null;
}
