using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>Batches in the form of the wire.</summary>
internal static class WireBatches
{
    /// <param name="view">What is seen.</param>
    /// <param name="withDraws">Losses, partners and λ go along.</param>
    internal static BatchObservation Observation(BatchView view, bool withDraws, Packing packing)
    {
        var observation = new BatchObservation
        {
            Images = view.Images,
            Classes = view.Classes,
            Patches = view.Patches,
            Packing = packing,
            Saliency = PackedFloats.Of(view.Saliency, packing),
            Logits = PackedFloats.Of(view.Logits, packing),
        };
        if (withDraws)
        {
            observation.Losses = PackedFloats.Of(view.Losses, packing);
            observation.Partners.AddRange(view.Partners.Select(partner => (int)partner));
            observation.Lambda = view.Lambda;
        }

        return observation;
    }

    internal static BatchReward Reward(EarnedReward earned) => new() { Batch = earned.Batch, Rewards = PackedFloats.Of(earned.Rewards, Packing.Float32), Last = earned.Last };

    /// <returns>Null where the decision under this number was made for a batch of another size.</returns>
    /// <exception cref="PolicyException">The answer is not one to the question.</exception>
    internal static BatchAnswer? Answer(SteerBatchesResponse response, long batch, int images)
    {
        if (response.MessageCase == SteerBatchesResponse.MessageOneofCase.None)
        {
            return null;
        }

        return Answer(response.Decision ?? throw new PolicyException($"The agent answered batch {batch} without a decision."), batch, images);
    }

    internal static BatchAnswer Answer(BatchDecision decision, long batch, int images)
    {
        var bins = decision.BinCount;
        if (decision.Batch != batch || decision.Bins.Length != images || bins is < 2 or > 100 || decision.Bins.Any(bin => bin >= bins))
        {
            throw new PolicyException($"The agent's decision for batch {decision.Batch} has {decision.Bins.Length} images in {bins} bins; asked was batch {batch} of {images} images.");
        }

        // linspace(0, 0.99, bins)
        var percentiles = decision.Bins.Select(bin => (float)(ThresholdDraw.Highest / (bins - 1) * bin)).ToArray();
        return new(batch, percentiles, decision.Method == Method.Unspecified ? null : MethodNames.Of(decision.Method), decision.PolicyVersion);
    }
}
