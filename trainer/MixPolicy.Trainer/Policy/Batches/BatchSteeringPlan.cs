using MixPolicy.Client;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>How a training is steered batch by batch.</summary>
/// <param name="Images">The one batch size that the policy takes; null for any.</param>
/// <param name="SeesDraws">The policy sees losses, partners and λ.</param>
/// <param name="OneReward">The policy takes one number a batch: rewards an image are averaged.</param>
internal sealed record BatchSteeringPlan(int? Images, bool SeesDraws, bool OneReward, BatchRewardKind Reward, bool Pipelined)
{
    /// <summary>How observations go over the wire.</summary>
    internal Packing Packing { get; init; } = Packing.Float32;

    /// <summary>What decides in this process; null where each batch is asked for.</summary>
    internal LocalPlan? Local { get; init; }

    /// <summary>Cells a side of the saliency a policy sees, as published.</summary>
    internal const int Patches = 8;

    /// <param name="settings">With a batch policy.</param>
    internal static BatchSteeringPlan Of(TrainSettings settings)
    {
        var published = settings.Policy == BatchPolicyNames.RlMix;
        return new(
            published ? settings.BatchSize : null,
            SeesDraws: !published,
            OneReward: published,
            BatchPolicyNames.RewardOf(settings.BatchReward!),
            settings.BatchMode == BatchPolicyNames.Pipelined)
        {
            Packing = settings.BatchPacking == BatchPolicyNames.Half ? Packing.Bfloat16 : Packing.Float32,
            Local = settings.BatchMode == BatchPolicyNames.Local ? new((ulong)settings.Seed, [.. settings.Methods.Select(name => MethodNames.Find(name)!.Value)]) : null,
        };
    }
}

/// <summary>What a trainer must know of the agent's spec to decide as it does.</summary>
/// <param name="Seed">Of the agent.</param>
/// <param name="Methods">Those it chooses from; empty where the method is R-Mix.</param>
internal sealed record LocalPlan(ulong Seed, IReadOnlyList<Method> Methods);
