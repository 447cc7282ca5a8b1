using System.Numerics;
using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// Greedy pairing of a batch (Kang and Kim 2023, algorithm 1): the two maps farthest apart by L2 are the first pair; then each image chosen takes the farthest
/// image that has no partner-giver yet; the last one closes the circle. Everyone gives and takes once, none to itself unless it is alone.
/// </summary>
internal static class FarthestPairs
{
    /// <param name="maps">B×H×W, contiguous float32 on the CPU.</param>
    /// <returns>π, B. Of equal distances the first counts.</returns>
    public static long[] Cycle(Tensor maps)
    {
        var count = (int)maps.shape[0];
        var distances = Distances(maps, count);
        var partner = new long[count];
        var taken = new bool[count];
        var first = Array.IndexOf(distances, distances.Max()) / count;
        var row = first;
        taken[first] = true;
        for (var step = 1; step < count; step++)
        {
            var farthest = -1;
            for (var col = 0; col < count; col++)
            {
                if (!taken[col] && (farthest < 0 || distances[(row * count) + col] > distances[(row * count) + farthest]))
                {
                    farthest = col;
                }
            }

            partner[row] = farthest;
            taken[farthest] = true;
            row = farthest;
        }

        partner[row] = first;
        return partner;
    }

    /// <summary>Squared L2 distances, B·B: the same order as the distances.</summary>
    private static float[] Distances(Tensor maps, int count)
    {
        var values = SpanBlend.Floats(maps);
        var length = values.Length / count;
        var distances = new float[count * count];
        for (var i = 0; i < count; i++)
        {
            for (var j = i + 1; j < count; j++)
            {
                distances[(i * count) + j] = distances[(j * count) + i] = Squared(values.Slice(i * length, length), values.Slice(j * length, length));
            }
        }

        GC.KeepAlive(maps);
        return distances;
    }

    private static float Squared(ReadOnlySpan<float> one, ReadOnlySpan<float> two)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= one.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var difference = new Vector<float>(one[i..]) - new Vector<float>(two[i..]);
            sums += difference * difference;
        }

        var sum = Vector.Sum(sums);
        for (; i < one.Length; i++)
        {
            sum += (one[i] - two[i]) * (one[i] - two[i]);
        }

        return sum;
    }
}
