namespace MixPolicy.Agent.Log;

/// <summary>The policy an agent started with, learned elsewhere. Where there is one, the log begins from it.</summary>
public sealed record ImportRow
{
    public required string AgentId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>A policy file: see <see cref="Ppo.Learning.PolicyFile"/>.</summary>
    public required byte[] Policy { get; init; }
}
