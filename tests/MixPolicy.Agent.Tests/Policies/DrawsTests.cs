using MixPolicy.Agent.Policies;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class DrawsTests
{
    [Fact]
    public void Uniform_SameKey_RepeatsWhateverTheAgentIsCalled() =>
        Numbers(1, "agents/a/runs/r", 3).ShouldBe(Numbers(1, "agents/b/runs/r", 3));

    [Theory]
    [InlineData(2, "agents/a/runs/r", 3)]
    [InlineData(1, "agents/a/runs/s", 3)]
    [InlineData(1, "agents/a/runs/r", 4)]
    public void Uniform_AnotherKey_HasNothingInCommon(ulong seed, string run, int interval) =>
        Numbers(seed, run, interval).Intersect(Numbers(1, "agents/a/runs/r", 3)).ShouldBeEmpty();

    private static double[] Numbers(ulong seed, string run, int interval)
    {
        var draws = new Draws(seed, run, interval);
        return [.. Enumerable.Range(0, 5).Select(_ => draws.Uniform())];
    }
}
