using MixPolicy.Client;
using MixPolicy.Trainer.Training.Batches;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>The policies that decide batch by batch, their modes and rewards, by the names of the command line.</summary>
public static class BatchPolicyNames
{
    /// <summary>RL-Mix as published (Luu et al. 2022).</summary>
    public const string RlMix = "rlmix";

    /// <summary>Ours: one encoder shared by all images.</summary>
    public const string RlMixSet = "rlmix-set";

    public const string Synchronous = "sync";
    public const string Pipelined = "pipelined";

    /// <summary>Decided in the trainer, by the agent's policy as it was fetched last; the agent is told and learns.</summary>
    public const string Local = "local";

    public const string Whole = "float32";
    public const string Half = "bfloat16";

    public const string Saliency = "saliency";
    public const string ProbeGradient = "probe-gradient";
    public const string ProbeLoss = "probe-loss";

    public static IReadOnlyList<string> Modes { get; } = [Synchronous, Pipelined, Local];

    public static IReadOnlyList<string> Packings { get; } = [Whole, Half];

    public static IReadOnlyList<string> Rewards { get; } = [Saliency, ProbeGradient, ProbeLoss];

    public static bool Has(string policy) => policy is RlMix or RlMixSet;

    /// <summary>Null for a policy that decides epochs.</summary>
    public static string? DefaultMode(string policy) => policy switch { RlMix => Synchronous, RlMixSet => Pipelined, _ => null };

    /// <inheritdoc cref="DefaultMode"/>
    public static string? DefaultPacking(string policy) => Has(policy) ? Whole : null;

    /// <inheritdoc cref="DefaultMode"/>
    public static string? DefaultReward(string policy) => policy switch { RlMix => Saliency, RlMixSet => ProbeGradient, _ => null };

    public static BatchRewardKind RewardOf(string name) => name switch
    {
        Saliency => BatchRewardKind.Saliency,
        ProbeGradient => BatchRewardKind.ProbeGradient,
        ProbeLoss => BatchRewardKind.ProbeLoss,
        _ => throw new PolicyException($"There is no batch reward '{name}'; there are {string.Join(", ", Rewards)}."),
    };
}
