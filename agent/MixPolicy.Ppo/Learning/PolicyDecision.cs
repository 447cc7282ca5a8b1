using MixPolicy.Ppo.Distributions;

namespace MixPolicy.Ppo.Learning;

/// <summary>One choice of the policy, with all that learning and a display need of it.</summary>
/// <param name="Action">The flat action, to be handed back in its transition.</param>
/// <param name="LogProb">In nats; masked heads left out.</param>
/// <param name="Value">Expected discounted return from this observation on.</param>
/// <param name="Heads">
/// The action head by head: values, whether the head takes part, and its readable parameters (a categorical's probabilities, a Beta's α and β).
/// </param>
public sealed record PolicyDecision(float[] Action, float LogProb, float Value, IReadOnlyList<HeadChoice> Heads);
