using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Draws;

/// <summary>Who is mixed with whom, and by what.</summary>
/// <param name="Order">π, B.</param>
/// <param name="Partner">π as int64 on the images' device.</param>
/// <param name="Lambdas">λ of every group, see <paramref name="Groups"/>.</param>
/// <param name="Groups">The images that share a λ, and a box or mask: for a batch-wide λ one group, the whole batch.</param>
internal sealed record Pairing(long[] Order, Tensor Partner, double[] Lambdas, int[][] Groups)
{
    /// <summary>Whether one λ is for all.</summary>
    public bool IsWhole => Groups.Length == 1 && Groups[0].Length == Order.Length;

    /// <summary>Draws λ, then partners, for a batch-wide λ; else the partners first, then the λ of every group.</summary>
    public static Pairing Draw(RandomStream stream, MixupBatch batch, MixParameters parameters)
    {
        var whole = parameters.Scope == LambdaScope.Batch ? parameters.Lambda.Draw(stream) : 0;
        var order = stream.Permutation(batch.Size);
        int[][] groups = parameters.Scope switch
        {
            LambdaScope.Batch => [[.. Enumerable.Range(0, batch.Size)]],
            LambdaScope.Pair => Pairs(order),
            _ => [.. Enumerable.Range(0, batch.Size).Select(b => new[] { b })],
        };
        double[] lambdas = parameters.Scope == LambdaScope.Batch ? [whole] : [.. groups.Select(_ => parameters.Lambda.Draw(stream))];
        return new(order, tensor(order, device: batch.Images.device), lambdas, groups);
    }

    /// <summary>One value a group to one value an image, or to one for all where one λ is for all.</summary>
    public T[] PerImage<T>(IReadOnlyList<T> perGroup)
    {
        if (IsWhole)
        {
            return [perGroup[0]];
        }

        var values = new T[Order.Length];
        for (var group = 0; group < Groups.Length; group++)
        {
            foreach (var image in Groups[group])
            {
                values[image] = perGroup[group];
            }
        }

        return values;
    }

    /// <summary>Neighbours in a random order are pairs; <paramref name="order"/> becomes the involution that swaps them.</summary>
    private static int[][] Pairs(long[] order)
    {
        var shuffled = (long[])order.Clone();
        var pairs = new int[(order.Length + 1) / 2][];
        for (var i = 0; i < order.Length; i += 2)
        {
            var (one, two) = (shuffled[i], shuffled[Math.Min(i + 1, order.Length - 1)]);
            (order[one], order[two]) = (two, one);
            pairs[i / 2] = one == two ? [(int)one] : [(int)one, (int)two];
        }

        return pairs;
    }
}
