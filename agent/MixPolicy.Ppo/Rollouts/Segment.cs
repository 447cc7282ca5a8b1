namespace MixPolicy.Ppo.Rollouts;

/// <summary>One decision and what followed.</summary>
/// <param name="Observation">What the policy saw, before any normalisation.</param>
/// <param name="Action">What it chose.</param>
/// <param name="LogProb">Log-probability of that choice when it was made, in nats.</param>
/// <param name="Value">The value it expected when it chose.</param>
/// <param name="Reward">What the choice earned.</param>
public sealed record Transition(float[] Observation, float[] Action, float LogProb, float Value, float Reward);

/// <summary>Consecutive transitions of one episode, and how they end.</summary>
/// <param name="Transitions">At least one, in order of time.</param>
/// <param name="NextObservation">
/// Null: the episode ended here by itself (termination). Otherwise what came next, before normalisation: the rollout was cut here, or the
/// episode was (truncation), and what would have followed counts as γ V(next observation).
/// </param>
public sealed record Segment(IReadOnlyList<Transition> Transitions, float[]? NextObservation);
