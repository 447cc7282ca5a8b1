using System.Globalization;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>A field that may not have the value it has.</summary>
/// <param name="Field">Its path in the request, "spec.ppo.rollout".</param>
/// <param name="Value">The value it has, as text.</param>
/// <param name="Allowed">What is allowed, "an integer in [2, 4096]".</param>
public sealed record Violation(string Field, string Value, string Allowed)
{
    /// <summary>One sentence for people.</summary>
    public string Description => $"{Field} is {Value}; allowed: {Allowed}.";

    internal static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
