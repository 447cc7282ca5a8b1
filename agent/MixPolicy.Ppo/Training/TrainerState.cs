using System.Text.Json.Serialization;
using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Training;

/// <summary>An episode, finished or running.</summary>
/// <param name="Return">Sum of rewards, undiscounted and not normalised.</param>
/// <param name="Length">Steps.</param>
[method: JsonConstructor]
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
    /// <summary>Checks everything that taking over this state and the rollout beside it relies on.</summary>
    /// <exception cref="CheckpointException">The state is of a trainer with other environments or options, or damaged.</exception>
    public void RequireFit(string folder, VectorEnvironment environments, bool normalizesRewards, RolloutState rollout)
    {
        var (count, numbers) = (environments.Count, environments.States[0].State.Length);
        Require(Steps >= 0 && StepsInRollout >= 0, $"its counters are {Steps}, {StepsInRollout}; allowed are 0 or more");
        Require(RandomStream.IsState(Draws), "the stream of its actions is not 4 words, not all zero");
        Require(
            Environments.Count == count && Running.Length == count && Environments.All(saved => saved?.State.Length == numbers),
            $"it has {Environments.Count} environments of {(Environments is [{ } first, ..] ? first.State.Length : 0)} numbers; needed are {count} environments of {numbers} numbers");
        Require(Environments.All(saved => saved.State.All(double.IsFinite)), "an environment has a number that is not finite");
        Require(Environments.All(saved => RandomStream.IsState(saved.Random)), "the stream of an environment is not 4 words, not all zero");
        Require(
            Rewards is null != normalizesRewards,
            $"its rewards are {(normalizesRewards ? "not " : "")}normalised; here they are{(normalizesRewards ? "" : " not")}");
        Require(
            Rewards is null || (Rewards.Returns.Length == count && Rewards.Returns.All(float.IsFinite) && Rewards.Moments.IsOf(1)),
            $"its reward statistics are not of {count} environments, or damaged");
        Require(
            rollout.Open.Count == count && rollout.Open.All(open => open is not null && !open.Contains(null!))
                && rollout.Ended.All(segment => segment is not null && !segment.Transitions.Contains(null!)),
            $"its rollout is not of {count} environments, or lacks transitions");
        var transitions = rollout.Ended.Sum(segment => segment.Transitions.Count) + rollout.Open.Sum(open => open.Length);
        Require(transitions == (long)StepsInRollout * count, $"its rollout has {transitions} transitions; needed are {StepsInRollout} x {count}");
        try
        {
            foreach (var saved in Environments)
            {
                environments.Observations.Check(saved.Observation);
            }

            Segment[] segments = [.. rollout.Ended, .. rollout.Open.Where(open => open.Length > 0).Select(open => new Segment(open, NextObservation: null))];
            if (segments.Length > 0)
            {
                RolloutCheck.Check(segments, environments.Observations, environments.Actions);
            }
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException($"{folder}: trainer: {e.Message}", e);
        }

        void Require(bool isRight, string why)
        {
            if (!isRight)
            {
                throw new CheckpointException($"{folder}: trainer: {why}");
            }
        }
    }
}
