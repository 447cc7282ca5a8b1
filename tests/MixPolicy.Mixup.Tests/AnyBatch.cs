using CsCheck;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

/// <summary>A recipe for a batch, small enough for a failing case to be read. Tensors are made in the scope of the test.</summary>
public sealed record AnyBatch(int Size, int Channels, int Height, int Width, int Classes, string Images, string Saliency, long Seed)
{
    /// <summary>Batches of one, odd and non-square sizes, one channel, one class, constant images, and saliency that is flat, zero or not finite.</summary>
    public static Gen<AnyBatch> Any { get; } = Gen.Select(
        Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[1, 33], Gen.Int[1, 33], Gen.Int[1, 5],
        Gen.OneOf("random", "constant"), Gen.OneOf("random", "constant", "zero", "NaN", "infinite", "one peak"), Gen.Long[0, 1L << 40],
        (size, channels, height, width, classes, images, saliency, seed) => new AnyBatch(size, channels, height, width, classes, images, saliency, seed));

    public MixupBatch Make()
    {
        var generator = new Generator((ulong)Seed);
        long[] shape = [Size, Channels, Height, Width];
        var images = Images == "random" ? randn(shape, generator: generator) : full(shape, 0.3);
        var labels = nn.functional.one_hot(randint(0, Classes, [Size], int64, generator: generator), Classes).to(float32);
        var saliency = Saliency switch
        {
            "random" => rand([Size, Height, Width], generator: generator),
            "constant" => full([Size, Height, Width], 0.1),
            "NaN" => full([Size, Height, Width], double.NaN),
            "infinite" => full([Size, Height, Width], double.PositiveInfinity),
            _ => zeros([Size, Height, Width]),
        };
        if (Saliency == "one peak")
        {
            saliency[.., 0, 0] = tensor(1e-30f);
        }

        return new(images, labels, saliency)
        {
            // As odd as the saliency.
            Features = saliency[.., ..((Height + 3) / 4), ..((Width + 4) / 5)],
            Gradient = randn(shape, generator: generator),
        };
    }
}
