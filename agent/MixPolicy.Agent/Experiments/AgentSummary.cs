namespace MixPolicy.Agent.Experiments;

/// <summary>An agent as lists show it.</summary>
/// <param name="Name">agents/{agent}</param>
/// <param name="Id">Its {agent}.</param>
/// <param name="Policy">How its policy is named in the spec: ppo, random, fixed, schedule, bandit, rl_mix, rl_mix_set.</param>
/// <param name="Methods">Those that its policy may choose, by name.</param>
/// <param name="PolicyVersion">Updates of the policy.</param>
/// <param name="Decisions">Intervals decided, over all runs.</param>
/// <param name="Batches">Batches decided, over all runs.</param>
/// <param name="Runs">How many it has.</param>
/// <param name="ActiveRuns">How many of them a trainer holds now.</param>
/// <param name="UpdateTime">Last decision or report, or when it was made.</param>
public sealed record AgentSummary(
    string Name,
    string Id,
    string Policy,
    IReadOnlyList<string> Methods,
    long PolicyVersion,
    long Decisions,
    long Reports,
    long Batches,
    int Runs,
    int ActiveRuns,
    DateTimeOffset CreateTime,
    DateTimeOffset UpdateTime);
