using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Experiments;

public sealed class RunComparisonTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_HaveMeanAndBandOverTheirRuns()
    {
        await using var service = await TestService.StartAsync();
        // Scripted reports depend on the planned intervals in their learning rate: 0.1 (1 - k / intervals).
        await service.TrainAsync(Scripted.RandomAgent(), "a", "r1", reports: 3, intervals: 10);
        await service.TrainAsync(Scripted.RandomAgent(), "a", "r2", reports: 2, intervals: 20);
        await service.TrainAsync(Scripted.PpoAgent(), "b", "r1", reports: 1, intervals: 10);
        var comparison = service.Get<RunComparison>();
        var query = new ComparisonQuery { Metric = "learning_rate", GroupBy = GroupKind.Policy };

        var groups = (await comparison.CompareAsync(query, Cancellation)).Groups;
        groups.Select(group => group.Key).ShouldBe(["ppo", "random"]);
        var random = groups[1];
        random.Runs.ShouldBe(["agents/a/runs/r1", "agents/a/runs/r2"]);
        random.X.ShouldBe([0, 1, 2]);
        random.Count.ShouldBe([2, 2, 1]);
        random.Mean.ShouldBe([0.1, 0.0925, 0.08], 1e-12);
        // Of 0.09 and 0.095: 0.0025 √2.
        random.Low.ShouldBe([0.1, 0.0925 - (0.0025 * Math.Sqrt(2)), 0.08], 1e-12);
        random.High.ShouldBe([0.1, 0.0925 + (0.0025 * Math.Sqrt(2)), 0.08], 1e-12);

        var range = (await comparison.CompareAsync(query with { Band = BandKind.Range }, Cancellation)).Groups[1];
        range.Low[1].ShouldBe(0.09, 1e-12);
        range.High[1].ShouldBe(0.095, 1e-12);
        var runs = (await comparison.CompareAsync(query with { GroupBy = GroupKind.Run, Runs = ["agents/b/runs/r1", "agents/a/runs/r2"] }, Cancellation)).Groups;
        runs.Select(group => group.Key).ShouldBe(["agents/a/runs/r2", "agents/b/runs/r1"]);
        (await comparison.CompareAsync(query with { Filter = new() { Agent = "b" }, GroupBy = GroupKind.Methods }, Cancellation)).Groups
            .ShouldHaveSingleItem().Key.ShouldBe("vanilla,input_mixup,cutmix,r_mix");
    }

    [Fact]
    public async Task Nonsense_IsRefusedWithWhatIsAllowed()
    {
        await using var service = await TestService.StartAsync();
        var comparison = service.Get<RunComparison>();
        await Refused(new() { Metric = "losses/policy" }, "metric is \"losses/policy\"; allowed: one of train_loss,");
        await Refused(new() { Metric = "reward", GroupBy = GroupKind.Label }, "label is \"\"; allowed:");
        await Refused(new() { Metric = "reward", Runs = ["agents/a/runs/r"] }, "agents/a/runs/r does not exist.");
        await Refused(new() { Metric = "reward", Runs = ["../r"] }, "runs is \"../r\"; allowed: agents/{agent}/runs/{run}");
        await Refused(new() { Metric = "reward", Points = 1_000_000 }, "points is \"1000000\"");
        (await comparison.CompareAsync(new() { Metric = "reward" }, Cancellation)).Groups.ShouldBeEmpty();

        async Task Refused(ComparisonQuery query, string message) =>
            (await Should.ThrowAsync<RefusalException>(comparison.CompareAsync(query, Cancellation))).Message.ShouldStartWith(message);
    }
}
