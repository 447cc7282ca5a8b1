using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>What to do in an interval.</summary>
/// <param name="Choice">The choice to train with.</param>
/// <param name="Decision">The agent's decision; null where it could not be reached and <paramref name="Choice"/> is the fallback.</param>
public sealed record Steering(Choice Choice, Decision? Decision)
{
    public bool IsFallback => Decision is null;

    /// <summary>The interval is one of the last, which the user wants unmixed, whatever the agent decides.</summary>
    public bool MixupOff { get; private init; }

    /// <summary>The agent's decision is not what is done: the interval teaches its policy nothing.</summary>
    public bool Deviates => Decision is null || !Choice.Equals(Decision.Choice);

    /// <summary>The same interval, unmixed.</summary>
    public Steering WithMixupOff() => this with { Choice = Choices.Vanilla, MixupOff = true };
}
