using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Learning;

/// <summary>All of a learner that is not a tensor, as a checkpoint holds it.</summary>
internal sealed record LearnerState(
    string Observations, string Actions, long Updates, long Samples, long AdamSteps, ulong[] Shuffle, MomentsState Moments)
{
    /// <exception cref="CheckpointException">The state is of another learner, or damaged.</exception>
    public void RequireFit(string folder, ObservationSpace observations, ActionDistribution actions)
    {
        Require(Observations == observations.Description, $"its observations are {Observations}; needed are {observations.Description}");
        Require(Actions == actions.Description, $"its actions are {Actions}; needed are {actions.Description}");
        Require(Updates >= 0 && Samples >= 0 && AdamSteps >= 0, $"its counters are {Updates}, {Samples}, {AdamSteps}; allowed are 0 or more");
        Require(Shuffle is { Length: 4 } && Shuffle.Any(word => word != 0), "its shuffling stream is not 4 words, not all zero");
        Require(
            Moments is { Mean: { } mean, Variance: { } variance, Count: > 0 } && mean.Length == observations.Size && variance.Length == observations.Size,
            $"its observation statistics are not of {observations.Size} numbers");

        void Require(bool isRight, string why)
        {
            if (!isRight)
            {
                throw new CheckpointException($"{folder}: learner: {why}");
            }
        }
    }
}
