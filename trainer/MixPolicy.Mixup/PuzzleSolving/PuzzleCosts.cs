namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>
/// The energy of a pair's mask before it is solved (Kim et al. 2020, section 4.1; published in <c>mixup_graph</c>): what each block costs if the own or the partner's
/// pixels show, and each border if it separates the two. The data-local smoothness, which depends on both images, is split into these.
/// </summary>
/// <param name="blocks">P.</param>
internal sealed class PuzzleCosts(int blocks)
{
    /// <summary>Cost of showing the own block: what of the partner's saliency is lost. P×P.</summary>
    public float[] Own { get; } = new float[blocks * blocks];

    /// <summary>Cost of showing the partner's block. P×P.</summary>
    public float[] Partner { get; } = new float[blocks * blocks];

    /// <summary>Data-local cost of a border between two rows: (P − 1)×P.</summary>
    public float[] Down { get; } = new float[(blocks - 1) * blocks];

    /// <summary>Data-local cost of a border between two columns: P×(P − 1).</summary>
    public float[] Right { get; } = new float[blocks * (blocks - 1)];

    /// <param name="own">Normalised saliency of the own image, P×P.</param>
    /// <param name="partner">The partner's.</param>
    /// <param name="ownColours">The own image's colours, C×kP×kP.</param>
    /// <param name="partnerColours">The partner's.</param>
    /// <param name="perBlock">k.</param>
    /// <param name="weight">(β / 16P)·γ.</param>
    public void Set(
        ReadOnlySpan<float> own, ReadOnlySpan<float> partner, ReadOnlySpan<float> ownColours, ReadOnlySpan<float> partnerColours, int perBlock, float weight)
    {
        partner.CopyTo(Own);
        own.CopyTo(Partner);
        for (var row = 0; row + 1 < blocks; row++)
        {
            for (var col = 0; col < blocks; col++)
            {
                var (above, below) = ((row * blocks) + col, ((row + 1) * blocks) + col);
                Down[above] = Border(ownColours, partnerColours, perBlock, row, col, true, weight, above, below);
            }
        }

        for (var row = 0; row < blocks; row++)
        {
            for (var col = 0; col + 1 < blocks; col++)
            {
                var left = (row * blocks) + col;
                Right[(row * (blocks - 1)) + col] = Border(ownColours, partnerColours, perBlock, row, col, false, weight, left, left + 1);
            }
        }
    }

    /// <summary>
    /// With w(p, q) the colour difference across the border if p shows before it and q behind it (1 the own image, 0 the partner): half of each pair's sum goes
    /// to the blocks, <c>(w(1,0) + w(0,1) − w(1,1) − w(0,0)) / 2</c> to the border.
    /// </summary>
    private float Border(
        ReadOnlySpan<float> own, ReadOnlySpan<float> partner, int perBlock, int row, int col, bool down, float weight, int before, int behind)
    {
        var w00 = weight * Difference(partner, partner, perBlock, row, col, down);
        var w01 = weight * Difference(partner, own, perBlock, row, col, down);
        var w10 = weight * Difference(own, partner, perBlock, row, col, down);
        var w11 = weight * Difference(own, own, perBlock, row, col, down);
        Own[before] += (w10 + w11) / 2f;
        Partner[before] += (w01 + w00) / 2f;
        Own[behind] += (w01 + w11) / 2f;
        Partner[behind] += (w10 + w00) / 2f;
        return (w10 + w01 - w11 - w00) / 2f;
    }

    /// <summary>Mean over the k places along the border of the mean over channels of |before − behind|.</summary>
    private float Difference(ReadOnlySpan<float> before, ReadOnlySpan<float> behind, int perBlock, int row, int col, bool down)
    {
        var side = blocks * perBlock;
        var plane = side * side;
        var step = down ? side : 1;
        var start = down ? ((((row + 1) * perBlock) - 1) * side) + (col * perBlock) : (row * perBlock * side) + ((col + 1) * perBlock) - 1;
        var along = down ? 1 : side;
        var channels = before.Length / plane;
        var sum = 0f;
        for (var k = 0; k < perBlock; k++)
        {
            var (at, mean) = (start + (k * along), 0f);
            for (var c = 0; c < channels; c++, at += plane)
            {
                mean += Math.Abs(before[at] - behind[at + step]);
            }

            sum += mean / channels;
        }

        return sum / perBlock;
    }
}
