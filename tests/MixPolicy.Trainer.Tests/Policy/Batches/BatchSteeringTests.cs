using Grpc.Net.Client;
using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.Torch.Randomness;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Training;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

/// <summary>A training's batch decisions over a socket that breaks.</summary>
public sealed class BatchSteeringTests : IAsyncLifetime
{
    private const int Epochs = 3;
    private const int BatchesPerEpoch = 8;

    private readonly ModelThread _thread = new("test", intraOpThreads: 1);
    private readonly List<string> _notices = [];
    private BreakingService _service = null!;
    private GrpcChannel _channel = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await BreakingService.StartAsync(Stop);
        _channel = AgentConnection.Open(_service.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _service.DisposeAsync();
        _thread.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainEpochs_OverAStreamThatBreaksAtRandom_IsTheUnbrokenRun(bool pipelined)
    {
        var (whole, decisions, rewards) = await UnbrokenAsync(pipelined);
        await using var broken = await BreakingService.StartAsync(Stop);
        using var channel = AgentConnection.Open(broken.Address);
        var random = new SplitMix64(7);
        var since = 0;

        // Not again before the next try had a chance: waits between tries grow.
        broken.Breaks = () => since++ >= 4 && random.Below(3) == 0 && (since = 0) == 0;

        var results = await TrainAsync(channel, pipelined, BatchSteeringState.Start, 1, Epochs);

        broken.Broken.ShouldBeGreaterThan(10);
        results.Losses.ShouldBe(whole.Losses);
        broken.Decisions.ShouldBe(decisions);
        broken.Rewards.ShouldBe(rewards);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainEpochs_UnbrokenRun_RewardsEveryBatchOnceAndEndsEveryEpisode(bool pipelined)
    {
        var (whole, decisions, rewards) = await UnbrokenAsync(pipelined);

        decisions.Length.ShouldBe(Epochs * BatchesPerEpoch);
        rewards.Select(r => r.Batch).ShouldBe(Enumerable.Range(0, Epochs * BatchesPerEpoch).Select(b => (long)b));
        rewards.Where(r => r.Last).Select(r => r.Batch).ShouldBe([7L, 15, 23]);
        rewards.ShouldAllBe(r => r.Rewards.Length == 4);
        whole.State.Next.ShouldBe(Epochs * BatchesPerEpoch);
        whole.State.Unsent.ShouldBeEmpty();
        _notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainEpochs_AnEpochRunAgain_GetsTheStoredDecisionsAndSendsNoRewardTwice(bool pipelined)
    {
        // As after a kill at the end of the first epoch, before its checkpoint.
        var first = await TrainAsync(_channel, pipelined, BatchSteeringState.Start, 1, 1);
        var rewards = _service.Rewards.ToArray();

        var again = await TrainAsync(_channel, pipelined, BatchSteeringState.Start, 1, 1);

        again.Losses.ShouldBe(first.Losses);
        _service.Decisions.Count.ShouldBe(BatchesPerEpoch);
        _service.Rewards.ShouldBe(rewards);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainEpochs_WhereANumberWasDecidedForABatchOfAnotherSize_GiveItUpAndGoOn(bool pipelined)
    {
        _service.Breaks = () =>
        {
            if (_service.Decisions.Count == 3)
            {
                // Decided, and its answer lost for longer than the patience.
                _service.Decisions.Add(new() { Batch = 3, Bins = Google.Protobuf.ByteString.CopyFrom(new byte[7]), BinCount = 10 });
            }

            return false;
        };

        var results = await TrainAsync(_channel, pipelined, BatchSteeringState.Start, 1, 1);

        results.Batches[0].ShouldSatisfyAllConditions(b => b.Decided.ShouldBe(BatchesPerEpoch - 1), b => b.Published.ShouldBe(1));
        _service.Decisions.Count.ShouldBe(BatchesPerEpoch);
        _service.Rewards.Select(r => r.Batch).ShouldBe(Enumerable.Range(0, BatchesPerEpoch).Select(b => (long)b));
        _service.Rewards[3].Rewards.ShouldBe(_service.Rewards[pipelined ? 1 : 2].Rewards, "the last that was known");
        results.State.Next.ShouldBe(BatchesPerEpoch);
        results.State.Unsent.ShouldBeEmpty();
    }

    [Fact]
    public async Task TrainEpochs_WhileTheServiceIsAway_MixesAsPublishedAndGoesOn()
    {
        var messages = 0;
        _service.Breaks = () => messages++ > 9;

        // Patience for a busy machine to answer the epoch's question, which does not break.
        var results = await TrainAsync(_channel, pipelined: false, BatchSteeringState.Start, 1, 1, patience: 10);

        results.Batches[0].ShouldSatisfyAllConditions(b => b.Decided.ShouldBeInRange(1, 6), b => b.Published.ShouldBe(BatchesPerEpoch - b.Decided));
        results.State.Next.ShouldBe(results.Batches[0].Decided);
        results.State.Unsent.Count.ShouldBeInRange(1, 2);
        results.State.Unsent[^1].Last.ShouldBeTrue();
        _notices.ShouldContain(n => n.Contains("has been away"));
    }

    private async Task<(Result Result, BatchDecision[] Decisions, BatchReward[] Rewards)> UnbrokenAsync(bool pipelined)
    {
        var result = await TrainAsync(_channel, pipelined, BatchSteeringState.Start, 1, Epochs);
        return (result, [.. _service.Decisions], [.. _service.Rewards]);
    }

    private async Task<Result> TrainAsync(GrpcChannel channel, bool pipelined, BatchSteeringState state, int from, int to, int patience = 60)
    {
        var plan = new RunPlan(
            new() { RlMix = new() { Images = 10, Classes = 10 } }, new() { Intervals = Epochs, Classes = 10, PeakLearningRate = 0.1 }, "rlmix", "shapes-s1");
        await using var agent = new AgentSession(new(channel), plan, new() { Patience = TimeSpan.FromSeconds(patience), Notice = _notices.Add });
        using var steering = new BatchSteering(agent, new(Images: 10, SeesDraws: false, OneReward: true, BatchRewardKind.Saliency, pipelined), state);
        var recipe = new TrainingRecipe { Model = "preactresnet18-w4", Epochs = Epochs, BatchSize = 10, Seed = 11 };
        var data = ShapesDataset.Generate(seed: 1, trainImages: 90, testImages: 20);
        var session = await _thread.RunAsync(() => new ClassifierSession(recipe, data, CPU, TimeProvider.System), Stop);
        List<EpochResult> results = [];
        for (var epoch = from; epoch <= to; epoch++)
        {
            var decided = await agent.DecideAsync(epoch - 1, Stop);
            decided.IsFallback.ShouldBeFalse();
            results.Add(await _thread.RunAsync(() => session.TrainEpoch(epoch, new(MixupMethods.RMix, new()) { Steering = steering }, false, null, Stop), Stop));
            await steering.EndEpochAsync();
            await steering.SendRewardsAsync((double)epoch / Epochs, Stop);
        }

        await _thread.RunAsync(session.Dispose, Stop);
        return new([.. results.Select(r => r.TrainLoss)], [.. results.Select(r => r.Batches!)], steering.State);
    }

    private sealed record Result(double[] Losses, BatchTally[] Batches, BatchSteeringState State);
}
