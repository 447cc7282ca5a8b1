using MixPolicy.Agent.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class ObservationLayoutTests
{
    [Fact]
    public void Names_AreDistinctAndAsManyAsEntries()
    {
        ObservationLayout.Names.Distinct().Count().ShouldBe(ObservationLayout.Names.Count);
        ObservationLayout.Observe(RunMemory.Start(Given.RunSpec)).Length.ShouldBe(ObservationLayout.Names.Count);
    }

    [Fact]
    public void Observe_BeforeTheFirstReport_HasTheLossesOfAGuess()
    {
        var seen = Seen(RunMemory.Start(Given.RunSpec));

        seen.Where(entry => entry.Value != 0).ToDictionary().ShouldBe(
            new Dictionary<string, float> { ["train_loss_ratio"] = 1, ["holdout_loss_ratio"] = 1, ["has_holdout_loss"] = 1 },
            ignoreOrder: true);
    }

    [Fact]
    public void Observe_AfterTwoReports_IsWhatTheyGiveByHand()
    {
        using var mind = Given.Mind(spec => spec.Reward = Reward.Client);
        var action = mind.Decide(Given.Run, 0).Decision.Choice;
        mind.Report(Given.Run, 0, Given.Report(), last: false);
        action = mind.Decide(Given.Run, 1).Decision.Choice;
        var second = Given.Report(1);
        (second.TrainLoss, second.HoldoutLoss, second.GradientNorm) = (1.6, 2.1, 1);
        mind.Report(Given.Run, 1, second, last: false);

        var seen = ObservationLayout.Names.Zip(mind.Decide(Given.Run, 2).Observation).ToDictionary(pair => pair.First, pair => (double)pair.Second);

        ShouldHave(seen, "progress", 0.2);
        ShouldHave(seen, "interval_fraction", 0.2);
        ShouldHave(seen, "has_report", 1);
        ShouldHave(seen, "learning_rate_ratio", 0.5);
        ShouldHave(seen, "train_loss_ratio", 1.6 / Math.Log(10));
        ShouldHave(seen, "train_loss_slope", Math.Log(2 / 1.6));
        ShouldHave(seen, "train_top1_weighted", 0.3);
        ShouldHave(seen, "holdout_loss_ratio", 2.1 / Math.Log(10));
        ShouldHave(seen, "holdout_loss_slope", Math.Log(1.9 / 2.1));
        ShouldHave(seen, "holdout_top1", 0.35);
        ShouldHave(seen, "generalization_gap", -0.05);
        ShouldHave(seen, "holdout_ece", 0.1);
        ShouldHave(seen, "gradient_norm_log_ratio", Math.Log(0.5));
        ShouldHave(seen, "last_reward", 0.25);
        ShouldHave(seen, "has_last_reward", 1);
        ShouldHave(seen, "last_fallback", 0);
        seen.Where(entry => entry.Key.StartsWith("last_method/", StringComparison.Ordinal)).Sum(entry => entry.Value).ShouldBe(1);
        ShouldHave(seen, "has_last_lambda", action.HasLambdaAlpha ? 1 : 0);
        ShouldHave(seen, "has_last_threshold", action.ThresholdBand is null ? 0 : 1);
    }

    [Fact]
    public void Observe_AfterAFallback_ShowsWhatWasDone()
    {
        using var mind = Given.Mind(spec => spec.ActionSpace = new() { Methods = { Method.Vanilla } });
        mind.Decide(Given.Run, 0);
        var report = Given.Report();
        report.Fallback = new() { Method = Method.RMix, LambdaAlpha = Math.Sqrt(0.1 * 4), ThresholdGrid = new() { Points = 10 } };
        mind.Report(Given.Run, 0, report, last: false);

        var seen = ObservationLayout.Names.Zip(mind.Decide(Given.Run, 1).Observation).ToDictionary(pair => pair.First, pair => (double)pair.Second);

        ShouldHave(seen, "last_method/r_mix", 1);
        ShouldHave(seen, "last_method/vanilla", 0);
        ShouldHave(seen, "last_lambda", 0.5);
        ShouldHave(seen, "last_threshold", 0.495);
        ShouldHave(seen, "last_fallback", 1);
        ShouldHave(seen, "has_last_reward", 0);
    }

    [Fact]
    public void Observe_ExtremeReport_StaysFiniteAndBounded()
    {
        using var mind = Given.Mind();
        for (var interval = 0; interval < 3; interval++)
        {
            mind.Decide(Given.Run, interval);
            var report = Given.Report(interval);
            (report.TrainLoss, report.HoldoutLoss) = interval % 2 == 0 ? (double.MaxValue, 0.0) : (0.0, double.MaxValue);
            (report.GradientNorm, report.LearningRate) = (interval / 2.0 * double.MaxValue, double.MaxValue);
            mind.Check(Given.Run, report).ShouldBeEmpty();
            mind.Report(Given.Run, interval, report, last: false);
        }

        mind.Decide(Given.Run, 3).Observation.ShouldAllBe(entry => Math.Abs(entry) <= 10);
    }

    private static Dictionary<string, float> Seen(RunMemory run) =>
        ObservationLayout.Names.Zip(ObservationLayout.Observe(run)).ToDictionary(pair => pair.First, pair => pair.Second);

    private static void ShouldHave(Dictionary<string, double> seen, string name, double value) => seen[name].ShouldBe(value, 1e-6, name);
}
