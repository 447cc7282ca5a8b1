using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class AgentMindTests
{
    [Fact]
    public void Decide_Decision_IsComplete()
    {
        using var mind = Given.Mind(spec => spec.Ppo = new());

        var decision = mind.Decide(Given.Run, 0).Decision;

        decision.Name.ShouldBe("agents/a/runs/r/decisions/0");
        (decision.Interval, decision.PolicyVersion).ShouldBe((0, 0));
        decision.Choice.Method.ShouldBeOneOf(Method.Vanilla, Method.InputMixup, Method.Cutmix, Method.RMix);
        decision.Distribution.Methods.Sum(method => method.Probability).ShouldBe(1, 1e-6);
        double.IsFinite(decision.LogProbability).ShouldBeTrue();
    }

    [Fact]
    public void Decide_SameRunAndInterval_DrawsTheSameWhateverOtherRunsDid()
    {
        using var alone = Given.Mind();
        using var busy = Given.Mind();
        busy.StartRun("agents/a/runs/other", Given.RunSpec);
        busy.Decide("agents/a/runs/other", 0);

        busy.Decide(Given.Run, 0).Decision.ShouldBe(alone.Decide(Given.Run, 0).Decision);
    }

    [Fact]
    public void Decide_OutOfTurn_IsRefusedWithWhatIsExpected()
    {
        using var mind = Given.Mind();

        Should.Throw<InvalidOperationException>(() => mind.Decide(Given.Run, 1)).Message.ShouldContain("expected a decision for interval 0");
        mind.Decide(Given.Run, 0);
        Should.Throw<InvalidOperationException>(() => mind.Decide(Given.Run, 1)).Message.ShouldContain("expected the report of interval 0");
        Should.Throw<InvalidOperationException>(() => mind.Decide("agents/a/runs/unknown", 0));
    }

    [Fact]
    public void Report_OutOfTurn_IsRefused()
    {
        using var mind = Given.Mind();

        Should.Throw<InvalidOperationException>(() => mind.Report(Given.Run, 0, Given.Report(), last: false)).Message.ShouldContain("a decision for interval 0");
        mind.Decide(Given.Run, 0);
        mind.Report(Given.Run, 0, Given.Report(), last: true);
        Should.Throw<InvalidOperationException>(() => mind.Decide(Given.Run, 1)).Message.ShouldContain("not a run in progress");
    }

    [Fact]
    public void StartRun_Twice_IsRefused()
    {
        using var mind = Given.Mind();

        Should.Throw<InvalidOperationException>(() => mind.StartRun(Given.Run, Given.RunSpec));
    }

    [Fact]
    public void Check_WrongReport_LeavesTheRunAsItWas()
    {
        using var mind = Given.Mind(spec => spec.Ppo = new());
        mind.Decide(Given.Run, 0);
        var wrong = Given.Report();
        wrong.TrainTop1Weighted = 1.7;

        mind.Check(Given.Run, wrong).ShouldHaveSingleItem().Description.ShouldBe("report.train_top1_weighted is 1.7; allowed: a number in [0, 1].");
        mind.Report(Given.Run, 0, Given.Report(), last: false).Reward.ShouldNotBeNull();
    }

    [Fact]
    public void Report_FullRollout_UpdatesThePolicyOnce()
    {
        using var mind = Given.Mind(spec => spec.Ppo = new() { Rollout = 3 });
        var updates = Enumerable.Range(0, 7).Select(interval =>
        {
            mind.Decide(Given.Run, interval).Decision.PolicyVersion.ShouldBe(interval / 3);
            return mind.Report(Given.Run, interval, Given.Report(interval), last: interval == 6).Update;
        }).ToList();

        updates.Select(update => update?.PolicyVersion).ShouldBe([null, null, 1, null, null, 2, null]);
        updates[2]!.Diagnostics.Keys.ShouldContain("losses/policy");
        updates[2]!.Diagnostics.Keys.ShouldContain("losses/approx_kl");
        mind.PolicyVersion.ShouldBe(2);
    }

    [Fact]
    public void Report_Fallback_EarnsNothingAndTeachesNothing()
    {
        using var mind = Given.Mind(spec => spec.Ppo = new() { Rollout = 2 });
        var updates = Enumerable.Range(0, 4).Select(interval =>
        {
            mind.Decide(Given.Run, interval);
            var report = Given.Report(interval);
            report.Fallback = interval is 1 or 2 ? new() { Method = Method.Vanilla } : null;
            var learned = mind.Report(Given.Run, interval, report, last: false);
            (learned.Reward is null).ShouldBe(interval is 1 or 2);
            return learned.Update?.PolicyVersion;
        }).ToList();

        updates.ShouldBe([null, null, null, 1]);
    }

    [Fact]
    public void Report_AfterAFallback_IsRewardedFromTheLossTheFallbackLeft()
    {
        using var mind = Given.Mind();
        mind.Decide(Given.Run, 0);
        var fallback = Given.Report();
        (fallback.Fallback, fallback.HoldoutLoss) = (new() { Method = Method.Vanilla }, 1.5);
        mind.Report(Given.Run, 0, fallback, last: false);
        mind.Decide(Given.Run, 1);
        var report = Given.Report(1);
        report.HoldoutLoss = 1.2;

        mind.Report(Given.Run, 1, report, last: false).Reward!.Value.ShouldBe(Math.Log(1.5 / 1.2), 1e-12);
    }
}
