using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Dashboard.Shown;

/// <summary>A choice in words, without its method.</summary>
internal static class ChoiceText
{
    public static IEnumerable<(string Term, string Text)> Of(ChoiceDetail choice)
    {
        if (choice.LambdaAlpha is { } alpha)
        {
            yield return ("λ", $"Beta({Figures.Number(alpha)}, {Figures.Number(alpha)})");
        }

        if (choice.LambdaValue is { } lambda)
        {
            yield return ("λ", Figures.Number(lambda));
        }

        if (choice.ThresholdCenter is { } center)
        {
            yield return ("Threshold", $"{Figures.Percent(center)} ± {Figures.Percent(choice.ThresholdSpread / 2)}");
        }

        if (choice.ThresholdGrid is { } points)
        {
            yield return ("Threshold", $"one of {points} percentiles");
        }

        if (choice.ThresholdPerBatch)
        {
            yield return ("Threshold", "decided batch by batch");
        }

        if (choice.Probability < 1)
        {
            yield return ("Batches mixed", Figures.Percent(choice.Probability));
        }
    }
}
