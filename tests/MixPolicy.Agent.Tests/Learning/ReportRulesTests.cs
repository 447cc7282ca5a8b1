using Google.Protobuf.WellKnownTypes;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;
using Method = MixPolicy.V1.Method;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class ReportRulesTests
{
    public static TheoryData<string, Action<Report>> Wrong => new()
    {
        { "report.decision", report => report.Decision = "agents/a/runs/r/decisions/1" },
        { "report.progress", report => report.Progress = 0 },
        { "report.progress", report => report.Progress = 1.01 },
        { "report.progress", report => report.Progress = double.NaN },
        { "report.train_loss", report => report.TrainLoss = double.NaN },
        { "report.train_loss", report => report.TrainLoss = double.PositiveInfinity },
        { "report.train_loss", report => report.TrainLoss = -0.1 },
        { "report.train_top1_weighted", report => report.TrainTop1Weighted = 1.7 },
        { "report.holdout_loss", report => report.HoldoutLoss = double.NaN },
        { "report.holdout_top1", report => report.HoldoutTop1 = -0.1 },
        { "report.holdout_ece", report => report.HoldoutEce = 1.1 },
        { "report.gradient_norm", report => report.GradientNorm = double.PositiveInfinity },
        { "report.learning_rate", report => report.LearningRate = -1 },
        { "report.gradient_similarity", report => report.GradientSimilarity = 1.5 },
        { "report.client_reward", report => report.ClientReward = 2e6 },
        { "report.test_loss", report => report.TestLoss = double.NaN },
        { "report.test_top1", report => report.TestTop1 = 2 },
        { "report.timing.images", report => report.Timing = new() { Images = -1 } },
        { "report.timing.train", report => report.Timing = new() { Train = new Duration { Seconds = -1 } } },
        { "report.timing.decide", report => report.Timing = new() { Decide = new Duration { Nanos = 1_000_000_000 } } },
        { "report.fallback.method", report => report.Fallback = new() },
    };

    [Fact]
    public void Check_ValidReport_FindsNothing() => Check(Given.Report()).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Check_WrongField_IsNamed(string field, Action<Report> spoil)
    {
        var report = Given.Report();
        spoil(report);

        Check(report).ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.4)]
    public void Check_ProgressThatDoesNotGrow_IsRefusedWithTheLast(double progress)
    {
        var report = Given.Report();
        report.Progress = progress;

        var violation = ReportRules.Check(report, Given.Agent(), report.Decision, progress: 0.5).ShouldHaveSingleItem();

        (violation.Field, violation.Allowed).ShouldBe(("report.progress", "a number in (0.5, 1]: it grows from report to report"));
    }

    [Theory]
    [InlineData(Reward.HeldOutImprovement, "report.holdout_loss", false)]
    [InlineData(Reward.HeldOutImprovement, "report.holdout_loss", true)]
    [InlineData(Reward.GradientSimilarity, "report.gradient_similarity", false)]
    [InlineData(Reward.GradientSimilarity, null, true)]
    [InlineData(Reward.Client, "report.client_reward", false)]
    [InlineData(Reward.Client, null, true)]
    [InlineData(Reward.LossDrop, null, false)]
    public void Check_BareReportToALearningAgent_LacksWhatItsRewardNeeds(Reward reward, string? missing, bool fallback)
    {
        var report = Bare(fallback);

        foreach (var spec in new AgentSpec[] { new() { Ppo = new() }, new() { Bandit = new() } })
        {
            spec.Reward = reward;
            ReportRules.Check(report, AgentSpecDefaults.Fill(spec), report.Decision, 0).Select(violation => violation.Field)
                .ShouldBe(missing is null ? [] : [missing]);
        }
    }

    [Fact]
    public void Check_BareReportToAnAgentThatDoesNotLearn_IsEnough()
    {
        var report = Bare(fallback: false);

        foreach (var spec in new AgentSpec[] { new() { Random = new() }, new() { Fixed = new() { Choice = new() { Method = Method.RMix } } } })
        {
            ReportRules.Check(report, AgentSpecDefaults.Fill(spec), report.Decision, 0).ShouldBeEmpty();
        }
    }

    private static IReadOnlyList<Violation> Check(Report report) => ReportRules.Check(report, Given.Agent(), Given.Report().Decision, 0);

    private static Report Bare(bool fallback)
    {
        var report = new Report { Decision = Given.Report().Decision, Progress = 0.1, TrainLoss = 2, TrainTop1Weighted = 0.3, LearningRate = 0.1 };
        report.Fallback = fallback ? new() { Method = Method.Vanilla } : null;
        return report;
    }
}
