using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data;

/// <summary>Which images an epoch shows in which order, and how each is flipped and cropped. A function of (seed, epoch) alone.</summary>
public sealed class EpochPlan
{
    /// <summary>Pixels of black around an image before the random crop, as in the published training code.</summary>
    public const int CropPadding = 2;

    private readonly View[] _views;
    private readonly int _batchSize;

    private EpochPlan(View[] views, int batchSize, int batches) => (_views, _batchSize, Batches) = (views, batchSize, batches);

    public int Batches { get; }

    /// <summary>A random order, flips with probability ½ and uniform crops. The last batch may be smaller; a single left-over image, too few for batch norm, is dropped.</summary>
    public static EpochPlan Training(int images, int batchSize, long seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, images)];
        new SplitMix64(RandomPurpose.Order.SeedOf(seed, epoch)).Shuffle(order);
        var random = new SplitMix64(RandomPurpose.Augmentation.SeedOf(seed, epoch));
        var views = Array.ConvertAll(order, i => new View(i, random.Below(2) == 1, Offset(random), Offset(random)));
        return new(views, batchSize, (images / batchSize) + (images % batchSize >= 2 ? 1 : 0));
    }

    /// <summary>All images once, in their order, as they are, in batches of nearly the same size: libtorch warns of its slow way with very small ones.</summary>
    /// <param name="batchSize">Most images of a batch.</param>
    public static EpochPlan Evaluation(int images, int batchSize)
    {
        var batches = (images + batchSize - 1) / batchSize;
        return new([.. Enumerable.Range(0, images).Select(i => new View(i, false, 0, 0))], Math.Max(1, (images + batches - 1) / Math.Max(1, batches)), batches);
    }

    internal ReadOnlySpan<View> Views(int batch) =>
        _views.AsSpan(batch * _batchSize, Math.Min(_batchSize, _views.Length - (batch * _batchSize)));

    private static int Offset(SplitMix64 random) => random.Below((2 * CropPadding) + 1) - CropPadding;

    /// <summary>One image as it is shown.</summary>
    /// <param name="Index">Its index in the set.</param>
    /// <param name="Flip">Mirrored left to right, before the crop.</param>
    /// <param name="Down">Row of the image that the crop's first row shows; negative is padding.</param>
    /// <param name="Right">The same for columns.</param>
    internal readonly record struct View(int Index, bool Flip, int Down, int Right);
}
