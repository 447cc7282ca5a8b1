using MixPolicy.Trainer.Data;

namespace MixPolicy.Trainer.Tests.Data;

public sealed class HoldOutTests
{
    // 60 images of class 0, 30 of class 1, 10 of class 2, mixed up; the first pixel is the image's number.
    private static readonly ImageSet Images = Numbered(100, i => i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2);

    [Fact]
    public void Split_TakesTheSamePartOfEveryClass()
    {
        var parts = HoldOut.Split(Images, 0.1, seed: 1);

        Labels(parts.HeldOut).Order().ShouldBe([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
        Numbers(parts.Train).Concat(Numbers(parts.HeldOut)).Order().ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public void Split_DependsOnTheSeedAlone()
    {
        Numbers(HoldOut.Split(Images, 0.2, 5).HeldOut).ShouldBe(Numbers(HoldOut.Split(Images, 0.2, 5).HeldOut));
        Numbers(HoldOut.Split(Images, 0.2, 5).HeldOut).ShouldNotBe(Numbers(HoldOut.Split(Images, 0.2, 6).HeldOut));
    }

    [Fact]
    public void Split_OfNothing_TrainsOnAll()
    {
        var parts = HoldOut.Split(Images, 0, seed: 1);

        (parts.Train.Count, parts.HeldOut.Count).ShouldBe((100, 0));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    [InlineData(0.001)]
    public void Split_OfAnImpossibleFraction_IsRefused(double fraction) =>
        Should.Throw<ArgumentOutOfRangeException>(() => HoldOut.Split(Images, fraction, 1));

    internal static ImageSet Numbered(int count, Func<int, int> label)
    {
        var pixels = new byte[count * 3 * 4];
        for (var i = 0; i < count; i++)
        {
            pixels[i * 12] = (byte)i;
        }

        return new(pixels, [.. Enumerable.Range(0, count).Select(label)], side: 2);
    }

    private static int[] Labels(ImageSet set) => [.. Enumerable.Range(0, set.Count).Select(set.Label)];

    private static int[] Numbers(ImageSet set) => [.. Enumerable.Range(0, set.Count).Select(i => (int)set.Pixels(i)[0])];
}
