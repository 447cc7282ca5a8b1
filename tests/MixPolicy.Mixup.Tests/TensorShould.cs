using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

internal static class TensorShould
{
    /// <summary>The same shape, and every element within the absolute or the relative tolerance.</summary>
    public static void ShouldBeClose(this Tensor actual, Tensor expected, double absolute, double relative, string what)
    {
        using var scope = NewDisposeScope();
        actual.shape.ShouldBe(expected.shape, what);
        var difference = (actual - expected).abs();
        var excess = (difference - maximum(expected.abs() * relative, tensor((float)absolute))).max().ToDouble();
        excess.ShouldBeLessThanOrEqualTo(0, $"{what}: largest difference {difference.max().ToDouble()}");
    }

    public static void ShouldEqual(this Tensor actual, Tensor expected, string what)
    {
        using var scope = NewDisposeScope();
        actual.shape.ShouldBe(expected.shape, what);
        actual.ne(expected).sum().item<long>().ShouldBe(0, $"{what}: elements that differ");
    }

    public static double ToDouble(this Tensor value) => value.to(float64).item<double>();
}
