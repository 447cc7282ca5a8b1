namespace MixPolicy.Trainer.Training;

/// <summary>What a network is measured on.</summary>
public enum DataPart
{
    /// <summary>The held-out part of the training set: feeds the reward and chooses the best checkpoint.</summary>
    HeldOut,

    /// <summary>The test set: reported, never acted on.</summary>
    Test,
}
