using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;

namespace MixPolicy.Ppo.Rollouts;

/// <summary>What is not finite or has the wrong size must not reach the weights: one NaN there is the end of an agent.</summary>
internal static class RolloutCheck
{
    /// <exception cref="ArgumentException">The message names the segment, the transition, the field, the value and what is allowed.</exception>
    public static void Check(IReadOnlyList<Segment> rollout, ObservationSpace observations, ActionDistribution actions)
    {
        if (rollout.Count == 0)
        {
            throw new ArgumentException("the rollout has no segment; allowed are 1 or more", nameof(rollout));
        }

        for (var i = 0; i < rollout.Count; i++)
        {
            var (transitions, next) = (rollout[i].Transitions, rollout[i].NextObservation);
            if (transitions.Count == 0)
            {
                throw new ArgumentException($"segment {i} has no transition; allowed are 1 or more", nameof(rollout));
            }

            try
            {
                observations.Check(next ?? transitions[0].Observation);
                for (var t = 0; t < transitions.Count; t++)
                {
                    Check(transitions[t], observations, actions);
                }
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"segment {i}: {e.Message}", nameof(rollout), e);
            }
        }
    }

    private static void Check(Transition transition, ObservationSpace observations, ActionDistribution actions)
    {
        observations.Check(transition.Observation);
        if (transition.Action.Length != actions.ActionSize)
        {
            throw new ArgumentException($"action has {transition.Action.Length} numbers; needed are {actions.ActionSize}", nameof(transition));
        }

        actions.Check(transition.Action);
        RequireFinite(transition.LogProb, "log_prob");
        RequireFinite(transition.Value, "value");
        RequireFinite(transition.Reward, "reward");
    }

    private static void RequireFinite(float value, string field)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentException($"{field} is {value}; allowed are finite numbers", field);
        }
    }
}
