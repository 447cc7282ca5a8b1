using MixPolicy.Ppo.Environments;
using MixPolicy.Torch.Checkpoints;

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
    EpisodeRecord[] Running)
{
    /// <exception cref="CheckpointException">The state is of a trainer with other environments.</exception>
    public void RequireFit(string folder, IReadOnlyList<EnvironmentState> environments, bool normalizesRewards)
    {
        var isFit = Environments.Count == environments.Count && Running.Length == environments.Count
            && Environments.Zip(environments, (saved, own) => saved.State.Length == own.State.Length).All(same => same);
        if (!isFit)
        {
            throw new CheckpointException($"{folder}: trainer: it has {Describe(Environments)}; needed are {Describe(environments)}");
        }

        if (Rewards is null == normalizesRewards)
        {
            throw new CheckpointException($"{folder}: trainer: its rewards are {(normalizesRewards ? "not " : "")}normalised; here they are{(normalizesRewards ? "" : " not")}");
        }

        static string Describe(IReadOnlyList<EnvironmentState> states) => $"{states.Count} environments of {(states.Count > 0 ? states[0].State.Length : 0)} numbers";
    }
}
