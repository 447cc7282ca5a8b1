using CsCheck;
using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class SaliencyMaskTests
{
    [Fact]
    public void Above_AnyMap_EqualsTorchQuantile() => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6], Gen.Int[1, 6], Gen.Long[0, 1 << 20], Gen.Bool).Sample(
        (count, rows, cols, seed, ties) =>
        {
            using var scope = NewDisposeScope();
            var generator = new Generator((ulong)seed);
            var map = ties ? randint(0, 4, [count, rows, cols], float32, generator: generator) : rand([count, rows, cols], generator: generator);
            var thresholds = rand(count, generator: generator).data<float>().ToArray();

            var mask = SaliencyMask.Above(map, thresholds);

            for (var b = 0; b < count; b++)
            {
                mask[b].ShouldEqual(map[b].ge(map[b].flatten().quantile(tensor(thresholds[b]))), $"image {b}");
            }
        },
        iter: 200, threads: 1);
}
