using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Training.Batches;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>How a training is steered batch by batch.</summary>
/// <param name="Images">The one batch size that the policy takes; null for any.</param>
/// <param name="SeesDraws">The policy sees losses, partners and λ.</param>
/// <param name="OneReward">The policy takes one number a batch: rewards an image are averaged.</param>
internal sealed record BatchSteeringPlan(int? Images, bool SeesDraws, bool OneReward, BatchRewardKind Reward, bool Pipelined)
{
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
            settings.BatchMode == BatchPolicyNames.Pipelined);
    }
}
