using MixPolicy.Ppo.Batches;

namespace MixPolicy.Agent.Batches;

/// <summary>A message of SteerBatches, unpacked and valid in form. Never changed, so that it goes to its grain without a copy.</summary>
/// <param name="Run">Name of the run.</param>
/// <param name="Batch">The batch to decide for; ignored without a view.</param>
/// <param name="View">What the policy sees; null in a message that only rewards.</param>
/// <param name="Taken">The <see cref="V1.BatchDecision"/> that the trainer has drawn itself; null where the policy is asked.</param>
/// <param name="Progress">Fraction of the training that is done, in [0, 1].</param>
[GenerateSerializer, Immutable, Alias("mixpolicy.batch-question")]
public sealed record BatchQuestion(string Run, string LeaseToken, long Batch, BatchView? View, BatchEarning[] Rewards, byte[]? Taken, double Progress);

/// <summary>See <see cref="BatchObservation"/>, which it is the form of between grains.</summary>
[GenerateSerializer, Immutable, Alias("mixpolicy.batch-view")]
public sealed record BatchView(int Images, int Classes, int Patches, float[] Saliency, float[] Logits, float[]? Losses, int[]? Partners, float? Lambda)
{
    public BatchObservation ToObservation() => new(Images, Classes, Patches, Saliency, Logits, Losses, Partners, Lambda);
}

/// <summary>The reward of a batch.</summary>
/// <param name="Rewards">One, or one an image.</param>
/// <param name="Last">An episode ends with it.</param>
[GenerateSerializer, Immutable, Alias("mixpolicy.batch-earning")]
public sealed record BatchEarning(long Batch, float[] Rewards, bool Last);
