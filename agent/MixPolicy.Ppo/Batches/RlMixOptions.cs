using MixPolicy.Ppo.Optimisation;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// RL-Mix as published (Luu et al. 2022, "Expeditious saliency-guided mix-up through random gradient thresholding", and its code). The learning rate's
/// 3e-4 is ours, Stable-Baselines3's default: the published argument was never declared.
/// </summary>
public sealed record RlMixOptions : BatchPolicyOptions
{
    public RlMixOptions()
    {
        Rollout = 1000;
        UpdateLag = 100;
        Ppo = new() { LearningRate = new Schedule(3e-4, 0.9), MinibatchSize = 250 };
    }

    /// <summary>B, 1 to 1024: the only batch size it decides for.</summary>
    public int Images { get; init; } = 100;

    /// <summary>K, 2 to 100,000.</summary>
    public int Classes { get; init; } = 100;

    public override void Validate()
    {
        base.Validate();
        Require(Images, nameof(Images), 1, 1024);
        Require(Classes, nameof(Classes), 2, 100_000);

        // The convolutions take 3 patches a side away, and leave at least one.
        Require(Patches, nameof(Patches), 4, 32);
    }
}
