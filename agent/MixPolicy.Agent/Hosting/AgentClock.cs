namespace MixPolicy.Agent.Hosting;

/// <summary>The clock of leases, logs and watches. A type of its own, so that a clock set in a test is not the one Orleans runs its timers by.</summary>
/// <param name="Time">The clock.</param>
public sealed record AgentClock(TimeProvider Time)
{
    public DateTimeOffset Now => Time.GetUtcNow();
}
