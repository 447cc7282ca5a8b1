using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Policies;
using MixPolicy.Agent.Tests.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class ActorCriticPolicyTests
{
    private static readonly PpoPolicy Settings = Given.Agent(spec => spec.Ppo = new()).Ppo;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Decide_Untrained_SpreadsEvenly(ulong seed)
    {
        var draws = Draws(Given.Space(), seed, 3000);

        draws[0].Distribution.Methods.ShouldAllBe(method => method.Probability > 0.22 && method.Probability < 0.28);
        var alphas = draws.Where(draw => draw.Choice.HasLambdaAlpha).Select(draw => Math.Log(draw.Choice.LambdaAlpha / 0.1) / Math.Log(40)).ToList();
        var centers = draws.Where(draw => draw.Choice.ThresholdBand is not null).Select(draw => draw.Choice.ThresholdBand.Center / 0.99).ToList();
        foreach (var units in new[] { alphas, centers })
        {
            units.Average().ShouldBe(0.5, 0.05);
            // Every tenth of the range has between 0.6 and 1.4 times its even part.
            units.CountBy(unit => (int)(unit * 10)).ShouldAllBe(tenth => tenth.Value > units.Count * 0.06 && tenth.Value < units.Count * 0.14);
        }
    }

    [Fact]
    public void Decide_HeadsAMethodIgnores_AreAbsentAndUncounted()
    {
        foreach (var draw in Draws(Given.Space([.. MethodTableTests.AllMethods]), 1, 300))
        {
            var entry = MethodTable.Get(draw.Choice.Method);
            (draw.Choice.LambdaCase != Choice.LambdaOneofCase.None, draw.Distribution.Lambda is not null).ShouldBe((entry.UsesLambda, entry.UsesLambda));
            (draw.Choice.ThresholdBand is not null, draw.Distribution.Threshold is not null).ShouldBe((entry.UsesThreshold, entry.UsesThreshold));
            if (!entry.UsesLambda && !entry.UsesThreshold)
            {
                var method = draw.Distribution.Methods.Single(method => method.Method == draw.Choice.Method);
                draw.LogProbability.ShouldBe(Math.Log(method.Probability), 1e-5);
            }
        }
    }

    [Fact]
    public void Decide_SpaceWithoutContinuousHeads_DrawsMethodsOnly() =>
        Draws(Given.Space(Method.Vanilla), 1, 5).ShouldAllBe(draw => draw.LogProbability == 0 && draw.Choice.Equals(new Choice { Method = Method.Vanilla }));

    [Fact]
    public void Learn_WithoutAReward_IsAnError()
    {
        using var policy = new ActorCriticPolicy(Given.Space(), Settings, 1, null);
        policy.Decide("r", 0, Observation, 1);

        Should.Throw<ArgumentNullException>(() => policy.Learn("r", null, Observation, last: false));
    }

    private static float[] Observation { get; } = ObservationLayout.Observe(RunMemory.Start(Given.RunSpec));

    private static List<Draw> Draws(ChoiceSpace space, ulong seed, int count)
    {
        using var policy = new ActorCriticPolicy(space, Settings, seed, null);
        return [.. Enumerable.Range(0, count).Select(interval => policy.Decide("r", interval, Observation, (ulong)interval))];
    }
}
