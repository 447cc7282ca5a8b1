using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Experiments;

public sealed class RunChartsTests
{
    private static readonly RunName Run = new("a", "r");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Series_AreWhatWasReported()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.PpoAgent(), reports: 12);
        var series = await service.Get<RunCharts>().SeriesAsync(Run, ["train_loss", "gap", "reward", "test_top1", "losses/policy"], 100, Cancellation);
        var reports = Enumerable.Range(0, 12).Select(interval => Scripted.Report("", interval)).ToList();
        series[0].X.ShouldBe(Enumerable.Range(0, 12).Select(interval => (double)interval));
        series[0].Y.ShouldBe(reports.Select(report => report.TrainLoss));
        series[1].Y.ShouldBe(reports.Select(report => report.TrainTop1Weighted - report.HoldoutTop1));
        var log = await service.Client.ListDecisionsAsync(new() { Parent = Run.ToString() });
        series[2].Y.ShouldBe(log.Decisions.Where(record => record.HasReward).Select(record => record.Reward));
        (series[3].Total, series[3].X.Count).ShouldBe((0, 0));
        (series[4].Metric.Title, series[4].Metric.Axis).ShouldBe(("Policy loss", SeriesAxis.PolicyVersion));
        series[4].X.ShouldBe([1]);
    }

    [Fact]
    public async Task Series_AreReadOnwards_AsTheRunGoesOn()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.TrainAsync(Scripted.PpoAgent(), reports: 3);
        var charts = service.Get<RunCharts>();
        (await charts.SeriesAsync(Run, ["train_loss"], 100, Cancellation))[0].Total.ShouldBe(3);
        (await charts.TimelineAsync(Run, 100, Cancellation)).Decisions.ShouldBe(4);
        for (var interval = 4; interval < 20; interval++)
        {
            await service.Client.DecideAsync(Scripted.Decide(started, interval));
        }

        var before = await charts.SeriesAsync(Run, [], 100, Cancellation);
        before.Single(series => series.Metric.Name == "train_loss").Total.ShouldBe(19);
        before.Single(series => series.Metric.Name == "losses/approx_kl").Total.ShouldBe(2);
        await service.RestartAsync();
        // What was read in two parts is what is read at once.
        (await service.Get<RunCharts>().SeriesAsync(Run, [], 100, Cancellation)).ShouldBeEquivalentTo(before);
    }

    [Fact]
    public async Task Series_OfAnAgentMadeAnew_AreNotThoseOfTheDeletedOne()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.PpoAgent(), reports: 5);
        (await service.Get<RunCharts>().SeriesAsync(Run, ["train_loss"], 100, Cancellation))[0].Total.ShouldBe(5);
        await service.Client.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        await service.TrainAsync(Scripted.PpoAgent(), reports: 2);
        (await service.Get<RunCharts>().SeriesAsync(Run, ["train_loss"], 100, Cancellation))[0].Total.ShouldBe(2);
    }

    [Fact]
    public async Task Timeline_HasEachDecisionWithItsProbabilities()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.TrainAsync(Scripted.PpoAgent(), reports: 4);
        var report = Scripted.Report(started.Run.Name, 4);
        report.Fallback = new() { Method = Method.Vanilla };
        await service.Client.DecideAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Interval = 5, Report = report });
        var timeline = await service.Get<RunCharts>().TimelineAsync(Run, 100, Cancellation);
        var log = (await service.Client.ListDecisionsAsync(new() { Parent = Run.ToString() })).Decisions;
        timeline.Methods.ShouldBe(["vanilla", "input_mixup", "cutmix", "r_mix"]);
        timeline.Steps.Select(step => (step.From, step.To)).ShouldBe(Enumerable.Range(0, 6).Select(interval => (interval, interval)));
        foreach (var (step, record) in timeline.Steps.Zip(log))
        {
            var choice = record.Decision.Choice;
            step.Shares[timeline.Methods.ToList().IndexOf(step.Method)].ShouldBe(1);
            step.Probabilities.Sum().ShouldBe(1, 1e-5);
            step.Probabilities.ShouldBe(record.Decision.Distribution.Methods.Select(entry => (double)(float)entry.Probability));
            (step.LambdaAlpha?.Mean).ShouldBe(choice.HasLambdaAlpha ? choice.LambdaAlpha : null);
            (step.ThresholdCenter?.Mean).ShouldBe(choice.ThresholdBand?.Center);
            step.Fallbacks.ShouldBe(record.Decision.Interval == 4 ? 1 : 0);
        }

        var two = await service.Get<RunCharts>().TimelineAsync(Run, 2, Cancellation);
        two.Steps.Select(step => (step.From, step.To, step.Fallbacks)).ShouldBe([(0, 2, 0), (3, 5, 1)]);
        two.Steps[0].Shares.Sum().ShouldBe(1, 1e-9);
        two.Steps[0].Probabilities[0].ShouldBe(timeline.Steps.Take(3).Average(step => step.Probabilities[0]), 1e-6);
    }

    [Fact]
    public async Task Decision_IsShownWithWhatItSawAndEarned()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.PpoAgent(), reports: 4);
        var charts = service.Get<RunCharts>();
        var record = (await service.Client.ListDecisionsAsync(new() { Parent = Run.ToString() })).Decisions[3];
        var decision = await charts.DecisionAsync(Run, 3, Cancellation);
        (decision.Name, decision.Value, decision.LogProbability, decision.PolicyVersion)
            .ShouldBe((record.Decision.Name, record.Decision.Value, record.Decision.LogProbability, record.Decision.PolicyVersion));
        decision.Observation.Select(entry => (float)entry.Value).ShouldBe(record.Observation);
        decision.Observation.Single(entry => entry.Name == "progress").Value.ShouldBe(0.15, 1e-6);
        decision.Probabilities.Sum(entry => entry.Value).ShouldBe(1, 1e-6);
        decision.Outcome!.Reward.ShouldBe(record.Reward);
        decision.Outcome.Fallback.ShouldBeNull();
        decision.Outcome.Numbers.Single(entry => entry.Name == "holdout_top1").Value.ShouldBe(record.Report.HoldoutTop1);
        (await charts.DecisionAsync(Run, 4, Cancellation)).Outcome.ShouldBeNull();
        (await Should.ThrowAsync<RefusalException>(charts.DecisionAsync(Run, 5, Cancellation))).Message.ShouldContain("agents/a/runs/r/decisions/5");
    }

    [Fact]
    public async Task Batches_AreSeriesOfTheirOwn()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.Client.StartAsync(ScriptedBatches.Set());
        using var stream = new BatchClient(service.Client);
        var decided = new List<BatchDecision>();
        for (var batch = 0; batch < 6; batch++)
        {
            decided.Add(await stream.DecideAsync(ScriptedBatches.Ask(started, batch)));
        }

        var series = await service.Get<RunCharts>().SeriesAsync(Run, ["batch_threshold", "batch_value", "batch_reward"], 100, Cancellation);
        series[0].Metric.Axis.ShouldBe(SeriesAxis.Batch);
        series[0].Y.ShouldBe(decided.Select(d => d.Bins.Average(bin => 0.99 * bin / (d.BinCount - 1))), 1e-9);
        series[1].Y.ShouldBe(decided.Select(d => (double)d.Value));
        var run = await service.Get<RunCatalog>().GetRunAsync(Run, Cancellation);
        run.Batches.ShouldBe(6);
        series[2].Total.ShouldBeInRange(1, 6);
    }

    [Fact]
    public async Task Nonsense_IsRefusedWithWhatIsAllowed()
    {
        await using var service = await TestService.StartAsync();
        await service.TrainAsync(Scripted.RandomAgent(), reports: 1);
        var charts = service.Get<RunCharts>();
        (await Should.ThrowAsync<RefusalException>(charts.SeriesAsync(Run, ["nonsense"], 100, Cancellation))).Message.ShouldStartWith("metrics is \"nonsense\"; allowed: of train_loss, holdout_loss");
        (await Should.ThrowAsync<RefusalException>(charts.SeriesAsync(Run, [], 3, Cancellation))).Message.ShouldBe("points is \"3\"; allowed: an integer in [4, 10000].");
        (await Should.ThrowAsync<RefusalException>(charts.TimelineAsync(Run, 0, Cancellation))).Message.ShouldContain("[1, 10000]");
        (await Should.ThrowAsync<RefusalException>(charts.SeriesAsync(new("a", "gone"), [], 100, Cancellation))).Message.ShouldBe("agents/a/runs/gone does not exist.");
    }
}
