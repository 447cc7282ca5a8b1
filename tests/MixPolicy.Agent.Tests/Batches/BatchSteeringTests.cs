using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>Decisions and rewards of a run, undisturbed.</summary>
public sealed class BatchSteeringTests : IAsyncLifetime
{
    private const int Batches = 150;

    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Epochs_OfABatchPolicy_AreRMixDecidedPerBatch()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set());
        for (var interval = 0; interval < 10; interval++)
        {
            var decision = await Client.DecideAsync(Scripted.Decide(started, interval));
            decision.Choice.ShouldBe(new Choice { Method = Method.RMix, LambdaAlpha = 1, ThresholdPerBatch = new() });
        }

        var log = await Client.ListDecisionsAsync(new() { Parent = started.Run.Name });
        log.Decisions[3].HasReward.ShouldBeTrue();
        (await Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Decides_LearnsAndIsCounted(bool set)
    {
        var started = await Client.StartAsync(set ? ScriptedBatches.Set() : ScriptedBatches.Published());
        using var stream = new BatchClient(Client);
        BatchDecision last = null!;
        for (var batch = 0; batch < Batches; batch++)
        {
            last = await stream.DecideAsync(ScriptedBatches.Ask(started, batch, count: set ? ScriptedBatches.Images : 1));
            last.Batch.ShouldBe(batch);
            last.Bins.Length.ShouldBe(ScriptedBatches.Images);
            last.Bins.ShouldAllBe(bin => bin < 10);
            last.BinCount.ShouldBe(10);
        }

        last.PolicyVersion.ShouldBeInRange((Batches / 5) - 2, Batches / 5);
        var agent = await Client.GetAgentAsync(new() { Name = "agents/a" });
        agent.Batches.ShouldBe(Batches);
        agent.PolicyVersion.ShouldBe(last.PolicyVersion);
        (await stream.AskAsync(new())).Rewarded.ShouldBe(Batches - 3);
        (await stream.AskAsync(new() { Rewards = { ScriptedBatches.Reward(Batches - 2), ScriptedBatches.Reward(Batches - 1, last: true) } })).Rewarded.ShouldBe(Batches - 1);
    }

    [Fact]
    public async Task Batch_AskedAgain_IsTheStoredDecisionWhateverIsObserved()
    {
        var started = await Client.StartAsync(ScriptedBatches.Published());
        using var stream = new BatchClient(Client);
        var first = new List<byte[]>();
        for (var batch = 0; batch < 12; batch++)
        {
            first.Add((await stream.AskAsync(ScriptedBatches.Ask(started, batch))).ToByteArray());
        }

        for (var batch = 0; batch < 12; batch++)
        {
            var request = ScriptedBatches.Ask(started, batch);
            request.Observation = ScriptedBatches.Observation(batch, salt: 5);
            (await stream.AskAsync(request)).ToByteArray().ShouldBe(first[batch]);
        }
    }

    [Fact]
    public async Task Reward_TakenBefore_IsIgnoredIfEqualAndRefusedIfNot()
    {
        var started = await Client.StartAsync(ScriptedBatches.Published());
        using var stream = new BatchClient(Client);
        for (var batch = 0; batch < 4; batch++)
        {
            await stream.AskAsync(ScriptedBatches.Ask(started, batch));
        }

        (await stream.AskAsync(new() { Rewards = { ScriptedBatches.Reward(1) } })).Rewarded.ShouldBe(1);
        var other = Bare(started, ScriptedBatches.Reward(1, salt: 9));
        (await BatchClient.RefusedAsync(Client, other, StatusCode.AlreadyExists)).ShouldContain("rewards[0]");
        (await BatchClient.RefusedAsync(Client, Bare(started, ScriptedBatches.Reward(1, last: true)), StatusCode.AlreadyExists)).ShouldContain("last");
        (await BatchClient.RefusedAsync(Client, Bare(started, ScriptedBatches.Reward(3)), StatusCode.FailedPrecondition)).ShouldContain("batch 2");
        (await BatchClient.RefusedAsync(Client, Bare(started, ScriptedBatches.Reward(2), ScriptedBatches.Reward(3), ScriptedBatches.Reward(4)), StatusCode.FailedPrecondition)).ShouldContain("not decided");
        (await stream.AskAsync(new())).Rewarded.ShouldBe(1);
    }

    /// <summary>As after a trainer's return to a checkpoint with another batch size: it skips what does not fit, with one reward a batch.</summary>
    [Fact]
    public async Task Batch_AskedAgainWithOtherImages_IsRefusedAndCanBeSkipped()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set());
        using (var stream = new BatchClient(Client))
        {
            for (var batch = 0; batch < 9; batch++)
            {
                await stream.DecideAsync(ScriptedBatches.Ask(started, batch, count: ScriptedBatches.Images));
            }
        }

        // Rewarded are 0 to 6; 7 and 8 are decided.
        var refused = ScriptedBatches.Ask(started, 7, images: 4);
        refused.Rewards.Clear();
        refused.Rewards.Add(ScriptedBatches.Reward(7, count: ScriptedBatches.Images));
        (await BatchClient.RefusedAsync(Client, refused, StatusCode.AlreadyExists))
            .ShouldSatisfyAllConditions(text => text.ShouldContain("observation.images: 6 there, 4 given"), text => text.ShouldContain("next expected batch is 9"));
        using var other = new BatchClient(Client);
        (await other.AskAsync(Bare(started))).Rewarded.ShouldBe(6);
        (await other.AskAsync(Bare(started, ScriptedBatches.Reward(7), ScriptedBatches.Reward(8)))).Rewarded.ShouldBe(8);
        BatchDecision next = null!;
        for (var batch = 9; batch < 30; batch++)
        {
            next = await other.DecideAsync(ScriptedBatches.Ask(started, batch, images: 4, count: batch < 11 ? 1 : 4));
            next.Bins.Length.ShouldBe(4);
        }

        next.PolicyVersion.ShouldBe(5);
    }

    [Fact]
    public async Task Runs_Interleaved_ShareOnePolicy()
    {
        var one = await Client.StartAsync(ScriptedBatches.Set());
        var two = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "s", Spec = Scripted.Run() });
        using var left = new BatchClient(Client);
        using var right = new BatchClient(Client);
        for (var batch = 0; batch < 20; batch++)
        {
            await left.DecideAsync(ScriptedBatches.Ask(one, batch));
            await right.DecideAsync(ScriptedBatches.Ask(two, batch));
        }

        // 36 rewards, an update every 5.
        (await Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion.ShouldBeInRange(5, 7);
        await Client.FinishRunAsync(new() { Run = one.Run.Name, LeaseToken = one.Lease.Token });
        (await BatchClient.RefusedAsync(Client, ScriptedBatches.Ask(one, 20), StatusCode.FailedPrecondition)).ShouldContain("finished");
        await right.DecideAsync(ScriptedBatches.Ask(two, 20));
    }

    [Fact]
    public async Task Frozen_Decides_AndDoesNotLearn()
    {
        var started = await Client.StartAsync(ScriptedBatches.Published(frozen: true));
        var before = new List<byte[]>();
        await Client.SteerAsync(started, 0, 20, before);
        await _service.RestartAsync();
        await Client.SteerAsync(started, 20, 30, before);
        (await BatchClient.RefusedAsync(Client, Bare(started, ScriptedBatches.Reward(28, count: 5)), StatusCode.InvalidArgument)).ShouldContain("1 number");
        before.ConvertAll(bytes => BatchDecision.Parser.ParseFrom(bytes).PolicyVersion).ShouldAllBe(version => version == 0);
        var learning = await Client.StartAsync(new() { Ppo = new() { Rollout = 2 }, Frozen = true }, agentId: "p");
        for (var interval = 0; interval < 8; interval++)
        {
            (await Client.DecideAsync(Scripted.Decide(learning, interval))).PolicyVersion.ShouldBe(0);
        }
    }

    private static SteerBatchesRequest Bare(StartRunResponse started, params BatchReward[] rewards) =>
        new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Rewards = { rewards } };
}
