using MixPolicy.Torch.Randomness;

namespace MixPolicy.Mixup.Draws;

/// <summary>Blocks a side of the methods of Kim et al.</summary>
internal static class BlockCount
{
    private static readonly int[] Published = [2, 4, 8, 16];

    /// <param name="blocks">The number, or 0 for one of 2, 4, 8 and 16 at random.</param>
    /// <returns>At most the image's shorter side.</returns>
    public static int Draw(RandomStream stream, int blocks, MixupBatch batch) =>
        Math.Min(blocks > 0 ? blocks : Published[stream.Below(Published.Length)], Math.Min(batch.Height, batch.Width));
}
