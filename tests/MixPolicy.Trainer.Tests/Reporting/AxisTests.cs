using MixPolicy.Trainer.Reporting.Charts;

namespace MixPolicy.Trainer.Tests.Reporting;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0.12, 0.93, 0, 1)]
    [InlineData(2.1, 2.4, 2.1, 2.4)]
    [InlineData(-0.3, 17, -5, 20)]
    public void Around_Values_EndsAtTicksAroundThem(double low, double high, double expectedLow, double expectedHigh)
    {
        var axis = Axis.Around([new("s", "", [low, null, high, double.NaN])], "0.##");
        axis.Low.ShouldBe(expectedLow, 1e-9);
        axis.High.ShouldBe(expectedHigh, 1e-9);
        axis.Ticks().First().ShouldBe(axis.Low, 1e-9);
        axis.Ticks().Last().ShouldBe(axis.High, 1e-9);
        axis.Ticks().Count().ShouldBeInRange(3, 8);
    }

    [Fact]
    public void Around_OneValueOrNone_HasRoom()
    {
        Axis.Around([new("s", "", [3.0])], "0").ShouldSatisfyAllConditions(a => a.Low.ShouldBeLessThan(3), a => a.High.ShouldBeGreaterThan(3));
        Axis.Around([new("s", "", [null])], "0").ShouldBe(new(0, 1, false, "0"));
    }

    [Fact]
    public void Position_OnALogarithmicAxis_IsByRatio() => new Axis(0.1, 10, true, "0").Position(1).ShouldBe(0.5, 1e-12);
}
