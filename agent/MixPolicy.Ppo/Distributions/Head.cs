namespace MixPolicy.Ppo.Distributions;

/// <summary>When a head takes part: only if the head named <paramref name="Driver"/> chose one of <paramref name="Choices"/>.</summary>
/// <param name="Driver">A <see cref="Categorical"/> head that comes earlier.</param>
/// <param name="Choices">Its choices under which the gated head takes part; may be empty.</param>
public sealed record Gate(string Driver, params int[] Choices);

/// <summary>One part of a hybrid action.</summary>
/// <param name="Name">Unique in its action.</param>
/// <param name="Gate">Null: takes part always.</param>
public sealed record Head(string Name, ActionDistribution Distribution, Gate? Gate = null);
