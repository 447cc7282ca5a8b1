using MixPolicy.Agent.Policies;
using MixPolicy.Agent.Tests.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class UniformPolicyTests
{
    private const int Draws = 4000;

    [Fact]
    public void Decide_ManyIntervals_IsUniformOverEveryHead()
    {
        var choices = Choices(new(Given.Agent().ActionSpace)).Select(draw => draw.Choice).ToList();

        foreach (var method in MethodTable.Default)
        {
            choices.Count(choice => choice.Method == method).ShouldBeInRange(Draws / 4 - 120, Draws / 4 + 120);
        }

        ShouldBeUniform(choices.Where(choice => choice.HasLambdaAlpha).Select(choice => Math.Log(choice.LambdaAlpha / 0.1) / Math.Log(40)));
        ShouldBeUniform(choices.Where(choice => choice.ThresholdBand is not null).Select(choice => choice.ThresholdBand.Center / 0.99));
        choices.ShouldAllBe(choice => choice.ThresholdBand == null || choice.ThresholdBand.Spread == 0.2);
    }

    [Fact]
    public void Decide_HeadsAMethodIgnores_AreAbsentEverywhere()
    {
        foreach (var draw in Choices(Given.Space([.. MethodTableTests.AllMethods])).Take(500))
        {
            var entry = MethodTable.Get(draw.Choice.Method);
            (draw.Choice.LambdaCase != Choice.LambdaOneofCase.None).ShouldBe(entry.UsesLambda);
            (draw.Choice.ThresholdCase != Choice.ThresholdOneofCase.None).ShouldBe(entry.UsesThreshold);
            (draw.Distribution.Lambda is not null).ShouldBe(entry.UsesLambda);
            (draw.Distribution.Threshold is not null).ShouldBe(entry.UsesThreshold);
            draw.Distribution.Methods.Sum(method => method.Probability).ShouldBe(1, 1e-9);
        }
    }

    [Fact]
    public void Decide_LogProbability_IsTheDensityOfTheChoicesNumbers()
    {
        foreach (var draw in Choices(new(Given.Agent().ActionSpace)).Take(200))
        {
            // p(alpha) = 1 / (alpha log(max / min)), p(center) = 1 / (max - min)
            var density = 0.25
                * (draw.Choice.HasLambdaAlpha ? 1 / (draw.Choice.LambdaAlpha * Math.Log(40)) : 1)
                * (draw.Choice.ThresholdBand is null ? 1 : 1 / 0.99);
            draw.LogProbability.ShouldBe(Math.Log(density), 1e-9);
        }
    }

    [Fact]
    public void Decide_LambdaOfKindValue_IsUniformOnALinearScale()
    {
        var space = new ChoiceSpace(Given.Agent(spec => spec.ActionSpace = new()
        {
            Methods = { Method.InputMixup },
            Lambda = new() { Kind = LambdaSpace.Types.Kind.Value, Min = 0.5, Max = 1 },
        }).ActionSpace);

        var draws = Choices(space).ToList();

        ShouldBeUniform(draws.Select(draw => (draw.Choice.LambdaValue - 0.5) / 0.5));
        draws[0].LogProbability.ShouldBe(Math.Log(2), 1e-12);
    }

    private static IEnumerable<Draw> Choices(ChoiceSpace space)
    {
        using var policy = new UniformPolicy(space);
        for (var interval = 0; interval < Draws; interval++)
        {
            yield return policy.Decide("agents/a/runs/r", interval, [], seed: (ulong)interval);
        }
    }

    /// <summary>Kolmogorov and Smirnov: the largest distance of the distribution functions is below 1.95 / √n in 999 of 1000 samples.</summary>
    private static void ShouldBeUniform(IEnumerable<double> units)
    {
        var sorted = units.Order().ToList();
        sorted.Select((unit, index) => Math.Abs(unit - ((index + 0.5) / sorted.Count))).Max().ShouldBeLessThan(1.95 / Math.Sqrt(sorted.Count));
    }
}
