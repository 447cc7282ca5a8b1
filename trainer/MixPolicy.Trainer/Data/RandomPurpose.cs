using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data;

/// <summary>What a random stream is for. Every stream is a function of (seed, epoch, purpose) alone, so none depends on what was drawn before.</summary>
public enum RandomPurpose
{
    /// <summary>The initial weights.</summary>
    Weights = 1,

    /// <summary>Which training images are held out.</summary>
    HoldOut = 2,

    /// <summary>The order of the training images in an epoch.</summary>
    Order = 3,

    /// <summary>Flips and crops of an epoch.</summary>
    Augmentation = 4,

    /// <summary>The mixing of an epoch's batches.</summary>
    Mixing = 5,

    /// <summary>The pictures of a report.</summary>
    Pictures = 6,

    /// <summary>The generated training images of <c>shapes</c>.</summary>
    GeneratedTraining = 7,

    /// <summary>The generated test images of <c>shapes</c>.</summary>
    GeneratedTest = 8,

    /// <summary>Which training labels of <c>shapes</c> are wrong.</summary>
    WrongLabels = 9,
}

/// <summary>Seeds for the streams.</summary>
public static class RandomPurposes
{
    /// <summary>The seed of the stream of (seed, epoch, purpose).</summary>
    /// <param name="epoch">0 where the purpose has no epochs.</param>
    public static ulong SeedOf(this RandomPurpose purpose, long seed, int epoch = 0) =>
        SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix((ulong)seed) + (ulong)epoch) + (ulong)purpose);
}
