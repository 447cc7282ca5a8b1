using MixPolicy.Torch.Randomness;

namespace MixPolicy.Torch.Tests.Randomness;

public sealed class RandomStreamTests
{
    private const int Draws = 200_000;

    [Fact]
    public void Next_IsTheReferenceSequence()
    {
        // xoshiro256** from the state {1, 2, 3, 4}: the first outputs of the authors' C code.
        var random = new RandomStream(0) { State = [1, 2, 3, 4] };

        Enumerable.Range(0, 4).Select(_ => random.Next()).ShouldBe([11520UL, 0UL, 1509978240UL, 1215971899390074240UL]);
    }

    [Fact]
    public void State_RestoredLater_ContinuesTheSequence()
    {
        var random = new RandomStream(7);
        random.Gaussian();
        var state = random.State;
        var expected = (random.Gaussian(), random.Beta(2, 3), random.Below(10));

        random.State = state;

        (random.Gaussian(), random.Beta(2, 3), random.Below(10)).ShouldBe(expected);
        Should.Throw<ArgumentException>(() => random.State = [0, 0, 0, 0]);
    }

    [Fact]
    public void Draws_HaveTheMeanAndVarianceOfTheirDistribution()
    {
        var random = new RandomStream(5);

        Moments(random.Uniform).ShouldBe((0.5, 1.0 / 12), Close);
        Moments(random.Gaussian).ShouldBe((0, 1), Close);
        Moments(() => random.Gamma(2.5)).ShouldBe((2.5, 2.5), Close);
        Moments(() => random.Beta(2, 3)).ShouldBe((0.4, 0.04), Close);
        Moments(() => random.Below(3)).ShouldBe((1, 2.0 / 3), Close);
    }

    [Fact]
    public void Permutation_HasEveryNumberOnce() => new RandomStream(1).Permutation(100).Order().ShouldBe(Enumerable.Range(0, 100).Select(i => (long)i));

    private static IEqualityComparer<(double, double)> Close { get; } = EqualityComparer<(double, double)>.Create(
        (a, b) => Math.Abs(a.Item1 - b.Item1) < 0.02 && Math.Abs(a.Item2 - b.Item2) < 0.05, _ => 0);

    private static (double Mean, double Variance) Moments(Func<double> draw)
    {
        var draws = Enumerable.Range(0, Draws).Select(_ => draw()).ToArray();
        var mean = draws.Average();
        return (mean, draws.Average(x => (x - mean) * (x - mean)));
    }
}
