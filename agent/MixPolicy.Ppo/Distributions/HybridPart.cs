namespace MixPolicy.Ppo.Distributions;

/// <summary>A head of a hybrid action, and where it lies in the action and in the parameters.</summary>
/// <param name="Driver">Index of the head that masks it; null when none does.</param>
/// <param name="Allows">1 for each choice of the driver under which the head takes part, else 0.</param>
internal sealed record HybridPart(Head Head, int ActionStart, int ParameterStart, int? Driver, float[] Allows)
{
    public ActionDistribution Distribution => Head.Distribution;

    public static HybridPart Place(Head[] heads, int index, int actionStart, int parameterStart)
    {
        var head = heads[index];
        if (string.IsNullOrEmpty(head.Name) || heads.Take(index).Any(earlier => earlier.Name == head.Name))
        {
            throw new ArgumentException($"head {index} is named '{head.Name}'; allowed are names that are not empty and appear once", nameof(heads));
        }

        if (head.Gate is not { } gate)
        {
            return new(head, actionStart, parameterStart, null, []);
        }

        var driver = Array.FindIndex(heads, 0, index, earlier => earlier.Name == gate.Driver && earlier.Distribution is Categorical);
        if (driver < 0)
        {
            throw new ArgumentException($"head {head.Name}: its gate names '{gate.Driver}'; allowed are categorical heads that come earlier", nameof(heads));
        }

        var allows = new float[heads[driver].Distribution.ParameterCount];
        foreach (var choice in gate.Choices)
        {
            if (choice < 0 || choice >= allows.Length)
            {
                throw new ArgumentException($"head {head.Name}: its gate has choice {choice} of '{gate.Driver}'; allowed are 0 to {allows.Length - 1}", nameof(heads));
            }

            allows[choice] = 1;
        }

        return new(head, actionStart, parameterStart, driver, allows);
    }

    public ReadOnlySpan<float> Parameters(ReadOnlySpan<float> all) => all.Slice(ParameterStart, Distribution.ParameterCount);

    public ReadOnlySpan<float> Action(ReadOnlySpan<float> all) => all.Slice(ActionStart, Distribution.ActionSize);

    public Span<float> Action(Span<float> all) => all.Slice(ActionStart, Distribution.ActionSize);
}
