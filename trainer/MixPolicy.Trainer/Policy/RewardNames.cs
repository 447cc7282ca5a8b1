using MixPolicy.Client;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>The rewards that this trainer can report for, by the names of the command line.</summary>
public static class RewardNames
{
    public const string HeldOut = "held-out";
    public const string GradientSimilarity = "gradient-similarity";
    public const string LossDrop = "loss-drop";

    public static IReadOnlyList<string> All { get; } = [HeldOut, GradientSimilarity, LossDrop];

    /// <summary>The reward as it is asked for; the default is left to the service, so that it does not make another agent.</summary>
    /// <exception cref="PolicyException">There is no such reward.</exception>
    public static Reward Of(string name) => name switch
    {
        HeldOut => Reward.Unspecified,
        GradientSimilarity => Reward.GradientSimilarity,
        LossDrop => Reward.LossDrop,
        _ => throw new PolicyException($"There is no reward '{name}'; there are {string.Join(", ", All)}."),
    };
}
