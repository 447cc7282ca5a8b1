using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>What to do in an interval.</summary>
/// <param name="Choice">The choice to train with.</param>
/// <param name="Decision">The agent's decision; null where it could not be reached and <paramref name="Choice"/> is the fallback.</param>
public sealed record Steering(Choice Choice, Decision? Decision)
{
    public bool IsFallback => Decision is null;
}
