using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Learning;

/// <summary>All of a learner that is not a tensor, as a checkpoint holds it.</summary>
internal sealed record LearnerState(
    string Observations, string Actions, bool NormalizesObservations, long Updates, long Samples, long AdamSteps, ulong[] Shuffle, MomentsState Moments)
{
    /// <exception cref="CheckpointException">The state is of another learner, or damaged.</exception>
    public void RequireFit(string folder, ObservationSpace observations, ActionDistribution actions, bool normalizesObservations)
    {
        Require(Observations == observations.Description, $"its observations are {Observations}; needed are {observations.Description}");
        Require(Actions == actions.Description, $"its actions are {Actions}; needed are {actions.Description}");
        Require(
            NormalizesObservations == normalizesObservations,
            $"{nameof(PpoOptions.NormalizeObservations)} was {NormalizesObservations} when it was saved; here it is {normalizesObservations}");
        Require(Updates >= 0 && Samples >= 0 && AdamSteps >= 0, $"its counters are {Updates}, {Samples}, {AdamSteps}; allowed are 0 or more");
        Require(RandomStream.IsState(Shuffle), "its shuffling stream is not 4 words, not all zero");
        Require(Moments.IsOf(observations.Size), $"its observation statistics are not of {observations.Size} numbers, or damaged");

        void Require(bool isRight, string why)
        {
            if (!isRight)
            {
                throw new CheckpointException($"{folder}: learner: {why}");
            }
        }
    }
}
