using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Tests.Experiments;

public sealed class DownsampleTests
{
    [Fact]
    public void LongSeries_KeepsItsEndsAndExtremes()
    {
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        values[31_415] = 50;
        values[27_182] = -50;
        values[99] = double.NaN;
        var kept = Downsample.Keep(values, 500);
        kept.Count.ShouldBeInRange(400, 500);
        kept.ShouldBe(kept.Order().Distinct());
        kept.ShouldContain(31_415);
        kept.ShouldContain(27_182);
        (kept[0], kept[^1]).ShouldBe((0, 99_999));
        kept.ShouldAllBe(i => !double.IsNaN(values[i]));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    [InlineData(6, 5)]
    [InlineData(1000, 7)]
    public void AnySeries_IsNoLongerThanAsked(int length, int points)
    {
        double[] values = [.. Enumerable.Range(0, length).Select(i => Math.Sin(i))];
        var kept = Downsample.Keep(values, points);
        kept.Count.ShouldBeLessThanOrEqualTo(points);
        kept.ShouldBe(kept.Order().Distinct());
        kept.Contains(0).ShouldBe(length > 0);
        kept.Contains(length - 1).ShouldBe(length > 0);
        if (length <= points)
        {
            kept.Count.ShouldBe(length);
        }
    }

    [Fact]
    public void MissingValues_AreLeftOut()
    {
        double[] values = [double.NaN, 1, double.NaN, 2, double.NaN];
        Downsample.Keep(values, 10).ShouldBe([1, 3]);
        Downsample.Keep([double.NaN], 10).ShouldBeEmpty();
    }
}
