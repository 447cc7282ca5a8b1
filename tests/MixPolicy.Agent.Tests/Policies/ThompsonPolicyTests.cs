using MixPolicy.Agent.Policies;
using MixPolicy.Agent.Tests.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class ThompsonPolicyTests
{
    private static readonly BanditPolicy Settings = new() { LambdaBins = 3, ThresholdBins = 4, Discount = 0.9 };

    [Fact]
    public void Arms_DefaultSpace_HaveBinsOnlyOfHeadsTheMethodUses()
    {
        var arms = BanditArm.All(Given.Space(), 3, 4);

        arms.CountBy(arm => arm.Method).Select(count => count.Value).ShouldBe([1, 3, 3, 12]);
    }

    [Fact]
    public void Decide_Untrained_HasEqualArmsAndTheirDensity()
    {
        using var policy = new ThompsonPolicy(Given.Space(), Settings, null);

        for (var interval = 0; interval < 50; interval++)
        {
            var draw = policy.Decide("r", interval, [], seed: (ulong)interval);

            draw.Distribution.Methods.Select(method => method.Probability).ShouldBe([1 / 19.0, 3 / 19.0, 3 / 19.0, 12 / 19.0], 1e-4);
            var density = (1 / 19.0)
                * (draw.Choice.HasLambdaAlpha ? 3 / (draw.Choice.LambdaAlpha * Math.Log(40)) : 1)
                * (draw.Choice.ThresholdBand is null ? 1 : 4 / 0.99);
            draw.LogProbability.ShouldBe(Math.Log(density), 1e-3);
            if (draw.Distribution.Lambda is { } lambda)
            {
                draw.Choice.LambdaAlpha.ShouldBeInRange(lambda.Low, lambda.High);
                (lambda.High / lambda.Low).ShouldBe(Math.Pow(40, 1 / 3.0), 1e-9);
            }
        }
    }

    [Fact]
    public void Posterior_Reward_IsWorthAsMuchAsThePrior()
    {
        var all = BanditEvidence.None.Add(1).Add(3);

        all.Variance.ShouldBe(1);
        BanditEvidence.None.Posterior(all).ShouldBe(new(2, 1));
        BanditEvidence.None.Add(3).Posterior(all).ShouldBe(new(2.5, Math.Sqrt(0.5)));
    }

    [Fact]
    public void Learn_Rewards_AreDiscounted()
    {
        using var policy = new ThompsonPolicy(Given.Space(Method.Vanilla), Settings, null);
        PolicyUpdate? update = null;
        foreach (var reward in new[] { 1.0, 2.0 })
        {
            policy.Decide("r", 0, [], seed: 0);
            update = policy.Learn("r", reward, [], last: false);
        }

        update!.PolicyVersion.ShouldBe(2);
        update.Diagnostics["bandit/evidence"].ShouldBe(1.9, 1e-12);
        update.Diagnostics["bandit/reward_mean"].ShouldBe(2.9 / 1.9, 1e-12);
    }

    [Fact]
    public void ProbabilitiesOfLargest_TwoNormals_AreTheClosedForm()
    {
        // P(X > Y) = Φ((a − b) / √(s² + t²))
        var probabilities = GaussianBelief.ProbabilitiesOfLargest([new(0.3, 0.4), new(-0.1, 0.3)]);

        probabilities[0].ShouldBe(GaussianBelief.Cumulative(0.4 / 0.5), 1e-4);
        probabilities.Sum().ShouldBe(1, 1e-9);
        GaussianBelief.Cumulative(1).ShouldBe(0.841344746, 1e-6);
        GaussianBelief.Cumulative(-2).ShouldBe(0.022750132, 1e-7);
    }
}
