using MixPolicy.Agent.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class RewardRuleTests
{
    [Fact]
    public void HeldOutImprovement_FirstReport_IsMeasuredFromTheLossBeforeTraining()
    {
        Reward(V1.Reward.HeldOutImprovement).ShouldBe(Math.Log(Math.Log(10) / 1.9), 1e-12);

        var spec = Given.RunSpec;
        spec.InitialHoldoutLoss = 3;
        new RewardRule(V1.Reward.HeldOutImprovement, new()).Of(RunMemory.Start(spec), Given.Report())!.Value.ShouldBe(Math.Log(3 / 1.9), 1e-12);
    }

    [Fact]
    public void HeldOutImprovement_SamePointOfAnotherRun_IsLessTheMeanSeenThere()
    {
        var baseline = new ProgressBaseline();
        var rule = new RewardRule(V1.Reward.HeldOutImprovement, baseline);
        var run = RunMemory.Start(Given.RunSpec);
        var improvement = Math.Log(Math.Log(10) / 1.9);

        rule.Of(run, Given.Report());
        rule.Of(run, With(report => report.HoldoutLoss = 1.8))!.Value.ShouldBe(Math.Log(Math.Log(10) / 1.8) - improvement, 1e-12);
        baseline.At(0.1).ShouldBe((improvement + Math.Log(Math.Log(10) / 1.8)) / 2, 1e-12);
        baseline.At(0.2).ShouldBe(0);
    }

    [Theory]
    [InlineData(1000, -1)]
    [InlineData(0, 1)]
    public void HeldOutImprovement_Extremes_AreCut(double loss, double reward) =>
        Reward(V1.Reward.HeldOutImprovement, report => report.HoldoutLoss = loss).ShouldBe(reward);

    [Fact]
    public void HeldOutImprovement_WithoutAHeldOutLoss_IsUnset()
    {
        var rule = new RewardRule(V1.Reward.HeldOutImprovement, new());
        var run = RunMemory.Start(Given.RunSpec) with { Open = new(Method.Vanilla, null, null) };
        var report = With(report => report.ClearHoldoutLoss());

        rule.Of(run, report).ShouldBeNull();
        rule.Of(run.After(report, null, Given.Space(Method.Vanilla)), Given.Report(1)).ShouldBeNull();
    }

    [Fact]
    public void GradientSimilarity_IsTheReports() => Reward(V1.Reward.GradientSimilarity).ShouldBe(0.5);

    [Fact]
    public void LossDrop_IsRelativeToAGuess() => Reward(V1.Reward.LossDrop).ShouldBe((Math.Log(10) - 2) / Math.Log(10), 1e-12);

    [Fact]
    public void Client_IsPassedOnAsItIs() => Reward(V1.Reward.Client, report => report.ClientReward = -12345).ShouldBe(-12345);

    [Fact]
    public void Baseline_Buckets_AreTwentiethsOfTraining()
    {
        var baseline = new ProgressBaseline();
        baseline.Add(0.01, 1);
        baseline.Add(0.05, 3);
        baseline.Add(1, 7);

        (baseline.At(0.02), baseline.At(0.06), baseline.At(0.96)).ShouldBe((2, 0, 7));
    }

    private static double Reward(Reward kind, Action<Report>? change = null) =>
        new RewardRule(kind, new()).Of(RunMemory.Start(Given.RunSpec), With(change ?? (_ => { })))!.Value;

    private static Report With(Action<Report> change)
    {
        var report = Given.Report();
        change(report);
        return report;
    }
}
