using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>Which images gave how much of each pixel of a mixed one.</summary>
internal static class MixShares
{
    /// <summary>For every output its sources, by number in the batch, each with its share of side·side pixels.</summary>
    internal static IReadOnlyList<IReadOnlyList<(int Image, float[] Share)>> Of(MixedBatch mixed, int side) =>
        mixed.Labelling is { } labelling ? [.. Enumerable.Range(0, labelling.Outputs).Select(i => Joint(labelling, i, side))] : Pairs(mixed, side);

    private static IReadOnlyList<(int Image, float[] Share)>[] Pairs(MixedBatch mixed, int side)
    {
        using var scope = NewDisposeScope();
        var count = mixed.Images.shape[0];
        var partners = mixed.Partner?.cpu().data<long>().ToArray();

        // Representations are mixed by λ alone; an image that was not mixed is all its own.
        var weight = mixed.OwnWeight() ?? (mixed.Place is null ? ones(1, 1, 1, 1) : mixed.ImageLambda?.view(-1, 1, 1, 1) ?? full([1, 1, 1, 1], mixed.Lambda));
        var own = weight.expand(count, 1, side, side).cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
        return [.. Enumerable.Range(0, (int)count).Select(i =>
        {
            var share = own[(i * side * side)..((i + 1) * side * side)];
            return (IReadOnlyList<(int, float[])>)(partners is null ? [(i, share)] : [(i, share), ((int)partners[i], Array.ConvertAll(share, s => 1 - s))]);
        })];
    }

    /// <summary>Pixel (y, x) lies in cell (⌊y·rows/side⌋, ⌊x·cols/side⌋).</summary>
    private static (int Image, float[] Share)[] Joint(BatchLabelling labelling, int output, int side)
    {
        var shares = new Dictionary<int, float[]>();
        for (var at = 0; at < side * side; at++)
        {
            var cell = (((output * labelling.Rows) + (at / side * labelling.Rows / side)) * labelling.Cols) + (at % side * labelling.Cols / side);
            foreach (var image in new[] { labelling.First[cell], labelling.Second[cell] })
            {
                if (!shares.TryGetValue(image, out var share))
                {
                    shares.Add(image, share = new float[side * side]);
                }

                share[at] += 0.5f;
            }
        }

        return [.. shares.OrderByDescending(s => s.Value.Sum()).ThenBy(s => s.Key).Select(s => (s.Key, s.Value))];
    }
}
