using System.Globalization;
using MixPolicy.Mixup;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>What a choice of the wire means here.</summary>
public static class Choices
{
    private const int PublishedGridPoints = 10;

    /// <summary>What is done when there is no decision to hold on to.</summary>
    public static Choice Vanilla { get; } = new() { Method = Method.Vanilla };

    /// <summary>What a batch policy decides for every interval.</summary>
    public static Choice PerBatch { get; } = new() { Method = Method.RMix, LambdaAlpha = 1, ThresholdPerBatch = new() };

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

    public static IMixupMethod MethodOf(Choice choice) => MixupMethods.ByName(MethodNames.Of(choice.Method));

    /// <summary>The method's parameters; what the choice leaves open is as published.</summary>
    /// <exception cref="PolicyException">A value is one that this trainer cannot follow.</exception>
    public static MixParameters ParametersOf(Choice choice)
    {
        var published = MethodOf(choice).Published;
        try
        {
            return published with
            {
                Lambda = choice.LambdaCase switch
                {
                    Choice.LambdaOneofCase.LambdaAlpha => LambdaDraw.Beta(choice.LambdaAlpha),
                    Choice.LambdaOneofCase.LambdaValue => LambdaDraw.Fixed(choice.LambdaValue),
                    _ => published.Lambda,
                },
                Threshold = choice.ThresholdCase switch
                {
                    Choice.ThresholdOneofCase.ThresholdBand => ThresholdDraw.Band(choice.ThresholdBand.Center, choice.ThresholdBand.Spread),
                    Choice.ThresholdOneofCase.ThresholdGrid => Grid(choice.ThresholdGrid.Points),
                    _ => published.Threshold,
                },
                Probability = Probability(choice, published),
            };
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new PolicyException($"The agent's choice {Text(choice)} cannot be followed: {e.Message}", e);
        }
    }

    /// <summary>One line for people, for example <c>rmix α=0.52 t=0.31±0.1</c>.</summary>
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
        return MethodNames.Of(choice.Method) + lambda + threshold;
    }

    // A choice that says nothing but its method means the published setting; one with parameters mixes every batch unless it says otherwise.
    private static double Probability(Choice choice, MixParameters published) =>
        choice.HasProbability ? choice.Probability
        : choice.LambdaCase == Choice.LambdaOneofCase.None && choice.ThresholdCase == Choice.ThresholdOneofCase.None ? published.Probability
        : 1;

    private static ThresholdDraw Grid(int points) => points == PublishedGridPoints
        ? ThresholdDraw.Grid
        : throw new ArgumentOutOfRangeException(nameof(points), points, "a threshold grid must have the published 10 points");
}
