using System.Globalization;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>Choices of the wire, for a client that holds on to one and shows it.</summary>
public static class Choices
{
    /// <summary>Percentiles of the published R-Mix (Luu et al. 2022): linspace(0, 0.99, 10).</summary>
    public const int PublishedGridPoints = 10;

    /// <summary>What is done when there is no decision to hold on to.</summary>
    public static Choice Vanilla { get; } = new() { Method = Method.Vanilla };

    /// <summary>What holding on to a choice means where the agent cannot be asked: percentiles that it would decide batch by batch are drawn as published.</summary>
    public static Choice HeldOn(Choice choice)
    {
        if (choice.ThresholdPerBatch is null)
        {
            return choice;
        }

        var held = choice.Clone();
        held.ThresholdGrid = new() { Points = PublishedGridPoints };
        return held;
    }

    /// <summary>One line for people: <c>rmix α=0.52 t=0.31±0.10 on 50 % of batches</c> has λ ~ Beta(α, α), and percentiles t. Of a newer service too: what this client does not know has no name.</summary>
    public static string Text(Choice choice)
    {
        var lambda = choice.LambdaCase switch
        {
            Choice.LambdaOneofCase.LambdaAlpha => string.Create(CultureInfo.InvariantCulture, $" α={choice.LambdaAlpha:0.00}"),
            Choice.LambdaOneofCase.LambdaValue => string.Create(CultureInfo.InvariantCulture, $" λ={choice.LambdaValue:0.00}"),
            _ => "",
        };
        var threshold = choice.ThresholdCase switch
        {
            Choice.ThresholdOneofCase.ThresholdBand =>
                string.Create(CultureInfo.InvariantCulture, $" t={choice.ThresholdBand.Center:0.00}±{choice.ThresholdBand.Spread / 2:0.00}"),
            Choice.ThresholdOneofCase.ThresholdGrid => string.Create(CultureInfo.InvariantCulture, $" t=grid of {choice.ThresholdGrid.Points}"),
            Choice.ThresholdOneofCase.ThresholdPerBatch => " t=per batch",
            _ => "",
        };
        var share = choice is { HasProbability: true, Probability: < 1 } ? string.Create(CultureInfo.InvariantCulture, $" on {100 * choice.Probability:0.#} % of batches") : "";
        return MethodNames.Text(choice.Method) + lambda + threshold + share;
    }
}
