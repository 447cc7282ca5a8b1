using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>
/// The built-in data set: one of ten outlines, of any colour, size and turn, on a coloured noise texture with pieces of other outlines as distractors,
/// 32×32, with true boxes. Generated from a seed, the same everywhere; it needs no download. The training set is small on purpose: the default
/// network overfits it, so that the choice of mixing matters.
/// </summary>
public static class ShapesDataset
{
    private const int Side = 32;

    /// <summary>Generates the data set.</summary>
    /// <param name="seed">Of the images; training and test images have streams of their own.</param>
    /// <param name="trainImages">≥ 1; the first images are the same whatever the number.</param>
    /// <param name="testImages">≥ 1.</param>
    public static Dataset Generate(long seed, int trainImages, int testImages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainImages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(testImages, 1);
        return new(
            "shapes",
            Draw(trainImages, RandomPurpose.GeneratedTraining.SeedOf(seed)),
            Draw(testImages, RandomPurpose.GeneratedTest.SeedOf(seed)),
            [.. Outlines.All.Select(o => o.Name)],
            new([127.5f, 127.5f, 127.5f], [64f, 64f, 64f]));
    }

    private static ImageSet Draw(int count, ulong seed)
    {
        var imageBytes = ImageSet.Channels * Side * Side;
        var (pixels, labels, boxes) = (new byte[count * imageBytes], new int[count], new PixelBox[count]);
        for (var i = 0; i < count; i++)
        {
            // Classes in turn, so that every prefix of the set is balanced; the order of training is shuffled anyway.
            labels[i] = i % Outlines.All.Count;
            boxes[i] = ShapeImage.Draw(new SplitMix64(SplitMix64.Mix(seed + (ulong)i)), labels[i], Side, pixels.AsSpan(i * imageBytes, imageBytes));
        }

        return new(pixels, labels, Side, boxes);
    }
}
