namespace MixPolicy.Agent.Log;

/// <summary>What one call adds to the log of a run that is there.</summary>
/// <param name="Before">The agent before.</param>
/// <param name="Agent">The agent after.</param>
/// <param name="Run">The run after.</param>
/// <param name="Decided">Batches decided, without rewards.</param>
/// <param name="Rewarded">Rewards of batches of the run that have none yet.</param>
public sealed record LogAddition(
    AgentRow Before, AgentRow Agent, RunRow Run, IReadOnlyList<LogRow> Entries, IReadOnlyList<BatchRow> Decided, IReadOnlyList<LoggedReward> Rewarded);

/// <param name="Rewards">float32, little-endian: one, or one an image.</param>
/// <param name="Last">An episode ends with it.</param>
public sealed record LoggedReward(long Batch, byte[] Rewards, bool Last);
