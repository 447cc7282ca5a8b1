using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>What a choice of the wire means in the mixup library.</summary>
public static class LibraryChoices
{
    /// <summary>What a batch policy decides for every interval.</summary>
    public static Choice PerBatch { get; } = new() { Method = Method.RMix, LambdaAlpha = 1, ThresholdPerBatch = new() };

    /// <summary>The method of a name as a user writes it; aliases are those of <see cref="MixupMethods.ByName"/>. Null if there is none.</summary>
    public static Method? Find(string name)
    {
        try
        {
            return MethodNames.Find(MixupMethods.ByName(name).Name);
        }
        catch (ArgumentException)
        {
            return null;
        }
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
            throw new PolicyException($"The agent's choice {Choices.Text(choice)} cannot be followed: {e.Message}", e);
        }
    }

    // A choice that says nothing but its method means the published setting; one with parameters mixes every batch unless it says otherwise.
    private static double Probability(Choice choice, MixParameters published) =>
        choice.HasProbability ? choice.Probability
        : choice.LambdaCase == Choice.LambdaOneofCase.None && choice.ThresholdCase == Choice.ThresholdOneofCase.None ? published.Probability
        : 1;

    private static ThresholdDraw Grid(int points) => points == Choices.PublishedGridPoints
        ? ThresholdDraw.Grid
        : throw new ArgumentOutOfRangeException(nameof(points), points, "a threshold grid must have the published 10 points");
}
