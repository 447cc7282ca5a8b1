using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class DrawTests
{
    private const int Count = 20_000;

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Beta_ManyDraws_HaveItsMeanAndVariance(double alpha)
    {
        var stream = new RandomStream(11);

        var draws = Enumerable.Range(0, Count).Select(_ => stream.Beta(alpha)).ToArray();

        // Beta(α, α) has mean ½ and variance 1 / (4·(2α + 1)).
        var variance = 1 / (4 * ((2 * alpha) + 1));
        draws.Average().ShouldBe(0.5, 5 * Math.Sqrt(variance / Count));
        draws.Average(d => (d - 0.5) * (d - 0.5)).ShouldBe(variance, 0.05 * variance);
        draws.ShouldAllBe(d => d >= 0 && d <= 1);
    }

    [Fact]
    public void Beta_AlphaOfOne_IsUniform()
    {
        var stream = new RandomStream(5);

        var tenths = Enumerable.Range(0, Count).Select(_ => (int)(stream.Beta(1) * 10)).GroupBy(t => t).ToDictionary(g => g.Key, g => g.Count());

        tenths.Keys.Order().ShouldBe(Enumerable.Range(0, 10));
        tenths.Values.ShouldAllBe(n => Math.Abs(n - (Count / 10)) < 5 * Math.Sqrt(Count / 10));
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void Beta_ExtremeAlpha_IsNeverNaN(double alpha)
    {
        var stream = new RandomStream(3);

        Enumerable.Range(0, Count).Select(_ => stream.Beta(alpha)).ShouldAllBe(d => d >= 0 && d <= 1);
    }

    [Fact]
    public void Permutation_ManyDraws_HaveEveryOrderAsOften()
    {
        var stream = new RandomStream(17);

        var orders = Enumerable.Range(0, Count).Select(_ => string.Concat(stream.Permutation(4))).GroupBy(o => o).Select(g => g.Count()).ToArray();

        orders.Length.ShouldBe(24);
        orders.ShouldAllBe(n => Math.Abs(n - (Count / 24)) < 5 * Math.Sqrt(Count / 24));
    }

    [Fact]
    public void Grid_ManyDraws_AreThePapersTenPoints()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(2);

        var points = Enumerable.Range(0, 1000).Select(_ => ThresholdDraw.Grid.Draw(stream)).Distinct().Order().ToArray();

        points.ShouldBe(linspace(0, 0.99, 10, float64).to(float32).data<float>().ToArray());
    }

    [Theory]
    [InlineData(0.5, 0.2, 0.4, 0.6)]
    [InlineData(0.05, 0.2, 0, 0.15)]
    [InlineData(0.99, 0.2, 0.89, 0.99)]
    [InlineData(0.495, 0.99, 0, 0.99)]
    [InlineData(0.3, 0, 0.3, 0.3)]
    public void Band_ManyDraws_FillItsCut(double threshold, double spread, double low, double high)
    {
        var stream = new RandomStream(2);
        var band = ThresholdDraw.Band(threshold, spread);

        var draws = Enumerable.Range(0, 2000).Select(_ => (double)band.Draw(stream)).ToArray();

        draws.Min().ShouldBe(low, 0.01 * (high - low) + 1e-7);
        draws.Max().ShouldBe(high, 0.01 * (high - low) + 1e-7);
    }

    [Fact]
    public void From_OneGenerator_ContinuesWhereItWas()
    {
        var (whole, saved) = (new Generator(9), new Generator(1));
        RandomStream.From(whole);
        saved.set_state(whole.get_state());

        RandomStream.From(saved).Uniform().ShouldBe(RandomStream.From(whole).Uniform());
    }

    [Fact]
    public void Parameters_OutOfRange_NameFieldValueAndRange()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => LambdaDraw.Beta(0)).Message.ShouldContain("[1e-6, 1e6]");
        Should.Throw<ArgumentOutOfRangeException>(() => LambdaDraw.Fixed(double.NaN)).ParamName.ShouldBe("Lambda");
        Should.Throw<ArgumentOutOfRangeException>(() => ThresholdDraw.Band(1)).Message.ShouldContain("[0, 0.99]");
        Should.Throw<ArgumentOutOfRangeException>(() => ThresholdDraw.Band(0.5, -1)).ParamName.ShouldBe("Spread");
        Should.Throw<ArgumentOutOfRangeException>(() => new MixParameters { Probability = 1.5 }).ActualValue.ShouldBe(1.5);
        Should.Throw<ArgumentOutOfRangeException>(() => new MixParameters { PatchSizes = [8, 0] }).Message.ShouldContain("[8, 0]");
    }
}
