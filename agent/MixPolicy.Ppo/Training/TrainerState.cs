using MixPolicy.Ppo.Environments;

namespace MixPolicy.Ppo.Training;

/// <summary>An episode, finished or running.</summary>
/// <param name="Return">Sum of rewards, undiscounted and not normalised.</param>
/// <param name="Length">Steps.</param>
internal readonly record struct EpisodeRecord(double Return, int Length);

/// <summary>All of a trainer besides its learner and its rollout, as a checkpoint holds it.</summary>
internal sealed record TrainerState(
    long Steps,
    int StepsInRollout,
    ulong[] Draws,
    IReadOnlyList<EnvironmentState> Environments,
    RewardNormalizerState? Rewards,
    EpisodeRecord[] Recent,
    EpisodeRecord[] Running);
