using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>Where a session begins, and how it behaves. With nothing set: a new run, whose ticket and backlog live as long as the process.</summary>
/// <remarks>A training that is to survive its own crash keeps the ticket, and with every checkpoint <see cref="AgentSession.Backlog"/>, and gives both back here.</remarks>
public sealed record SessionStart
{
    /// <summary>Of the training that goes on, or a new one.</summary>
    public RunTicket Ticket { get; init; } = RunTicket.New();

    /// <summary>Stores the ticket durably; called before the lease it names is used.</summary>
    public Action<RunTicket> KeepTicket { get; init; } = _ => { };

    /// <summary>What the agent may not have.</summary>
    public Backlog Backlog { get; init; } = Backlog.Empty();

    /// <summary>The choice of the last interval, for the fallback; null before the first.</summary>
    public Choice? LastChoice { get; init; }

    /// <summary>How long an agent that cannot be reached is waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Told of outages, in words for the terminal.</summary>
    public Action<string> Notice { get; init; } = _ => { };

    /// <summary>Clock of all waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
