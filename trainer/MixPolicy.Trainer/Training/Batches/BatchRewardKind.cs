namespace MixPolicy.Trainer.Training.Batches;

/// <summary>What a batch policy is rewarded for.</summary>
public enum BatchRewardKind
{
    /// <summary>One number: the likeness of the saliency of the clean and of the mixed batch (Luu et al. 2022, section 4).</summary>
    Saliency,

    /// <summary>One an image: how well the last layer's gradient on the mixed image points along that on clean held-out images.</summary>
    ProbeGradient,

    /// <summary>One number: how far the step brings the loss on clean held-out images down, in nats.</summary>
    ProbeLoss,
}
