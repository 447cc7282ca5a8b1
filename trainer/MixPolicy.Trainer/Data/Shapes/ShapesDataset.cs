using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>
/// The built-in data set: one of ten outlines, of any colour, size and turn, on a coloured noise texture with pieces of other outlines as distractors,
/// 32×32, with true boxes. Generated from a seed, the same everywhere; it needs no download. The training set is small, and a part of its labels is
/// wrong, as where labels were gathered cheaply: the default network learns these by heart unless something keeps it from that, so that the choice of
/// mixing matters (Zhang et al. 2018, section 3.4). Test labels are right; those of held-out images are as wrong as the training labels they are taken from.
/// </summary>
public static class ShapesDataset
{
    /// <summary>The chance that a training image has the label of another class, each other class equally likely.</summary>
    public const double WrongLabelFraction = 0.2;

    private const int Side = 32;

    /// <summary>Generates the data set.</summary>
    /// <param name="seed">Of the images; training and test images have streams of their own.</param>
    /// <param name="trainImages">≥ 1; the first images are the same whatever the number.</param>
    /// <param name="testImages">≥ 1.</param>
    public static Dataset Generate(long seed, int trainImages, int testImages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainImages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(testImages, 1);
        var (pixels, labels, boxes) = Draw(trainImages, RandomPurpose.GeneratedTraining.SeedOf(seed));
        Mislabel(labels, new(RandomPurpose.WrongLabels.SeedOf(seed)));
        var test = Draw(testImages, RandomPurpose.GeneratedTest.SeedOf(seed));
        return new(
            "shapes",
            new(pixels, labels, Side, boxes),
            new(test.Pixels, test.Labels, Side, test.Boxes),
            [.. Outlines.All.Select(o => o.Name)],
            new([127.5f, 127.5f, 127.5f], [64f, 64f, 64f]));
    }

    private static (byte[] Pixels, int[] Labels, PixelBox[] Boxes) Draw(int count, ulong seed)
    {
        var imageBytes = ImageSet.Channels * Side * Side;
        var (pixels, labels, boxes) = (new byte[count * imageBytes], new int[count], new PixelBox[count]);
        for (var i = 0; i < count; i++)
        {
            // Classes in turn, so that every prefix of the set is balanced; the order of training is shuffled anyway.
            labels[i] = i % Outlines.All.Count;
            boxes[i] = ShapeImage.Draw(new SplitMix64(SplitMix64.Mix(seed + (ulong)i)), labels[i], Side, pixels.AsSpan(i * imageBytes, imageBytes));
        }

        return (pixels, labels, boxes);
    }

    private static void Mislabel(Span<int> labels, SplitMix64 random)
    {
        foreach (ref var label in labels)
        {
            // Both are drawn for every image, so that the first labels are the same whatever the number of images.
            var (wrong, other) = (random.NextDouble() < WrongLabelFraction, 1 + random.Below(Outlines.All.Count - 1));
            label = wrong ? (label + other) % Outlines.All.Count : label;
        }
    }
}
