using System.Numerics;
using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_BrokenFiftyTimes_DecidesAsIfItHadNotBeen(bool set)
    {
        var spec = set ? ScriptedBatches.Set(chooseMethod: true) : ScriptedBatches.Published();
        var expected = await UnbrokenAsync(spec);
        var started = await Client.StartAsync(spec, agentId: "b");
        var random = new Random(4);
        var stream = new BatchClient(Client);
        var broken = 0;
        for (var batch = 0; batch < Batches; batch++)
        {
            // Before the question, before its answer is read, or after.
            var when = broken < 50 && random.Next(2) == 0 ? random.Next(3) : -1;
            var request = ScriptedBatches.Ask(started, batch);
            if (when >= 0)
            {
                if (when == 1)
                {
                    await stream.SendAsync(request);
                    await Task.Delay(random.Next(4), TestContext.Current.CancellationToken);
                }
                else if (when == 2)
                {
                    (await stream.DecideAsync(request)).ToByteArray().ShouldBe(expected[batch]);
                }

                stream.Dispose();
                stream = new(Client);
                broken++;
            }

            (await stream.DecideAsync(request)).ToByteArray().ShouldBe(expected[batch], $"batch {batch}");
        }

        broken.ShouldBe(50);
        (await stream.AskAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token })).Rewarded.ShouldBe(Batches - 3);
        stream.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Service_StoppedInTheMiddle_GoesOnWithTheSameDecisions(bool set)
    {
        var spec = set ? ScriptedBatches.Set() : ScriptedBatches.Published();
        var expected = await UnbrokenAsync(spec);
        var started = await Client.StartAsync(spec, agentId: "b");
        for (var batch = 0; batch < Batches; batch++)
        {
            if (batch is 3 or 7 or 8 or 77 or 141)
            {
                await _service.RestartAsync();
            }

            using var stream = new BatchClient(Client);
            (await stream.DecideAsync(ScriptedBatches.Ask(started, batch))).ToByteArray().ShouldBe(expected[batch], $"batch {batch}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spool_MissingOrTorn_ThePolicyGoesOnAndNoDecisionChanges(bool torn)
    {
        var started = await Client.StartAsync(ScriptedBatches.Published());
        var before = new List<byte[]>();
        await SteerAsync(started, 0, 90, before);
        await _service.GoDownAsync();
        foreach (var spool in Directory.GetFiles(_service.DataFolder, "spool-*", SearchOption.AllDirectories))
        {
            if (!torn)
            {
                File.Delete(spool);
                continue;
            }

            await using var file = new FileStream(spool, FileMode.Open);
            file.SetLength(file.Length * 2 / 3);
        }

        await _service.ComeUpAsync();
        var after = new List<byte[]>();
        await SteerAsync(started, 0, Batches, after);
        after.Take(90).ShouldBe(before);
        var decisions = after.ConvertAll(BatchDecision.Parser.ParseFrom);
        decisions[^1].PolicyVersion.ShouldBeGreaterThan(decisions[90].PolicyVersion);
        await _service.RestartAsync();
        var again = new List<byte[]>();
        await SteerAsync(started, 0, Batches, again);
        again.ShouldBe(after);
    }

    /// <summary>The snapshot before it is kept, and the spool that leads on from there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshot_NewestUnusable_TheOneBeforeGoesOnWithTheSameDecisions(bool whole)
    {
        var expected = await UnbrokenAsync(ScriptedBatches.Set());
        var started = await Client.StartAsync(ScriptedBatches.Set(), agentId: "b");
        await SteerAsync(started, 0, 141, []);
        await _service.GoDownAsync();
        var folder = Path.Combine(Directory.GetDirectories(Path.Combine(_service.DataFolder, "snapshots"), "b.*").Single(), "batches");
        var newest = Directory.GetDirectories(folder, "step-*").Order(StringComparer.Ordinal).ToList();
        newest.Count.ShouldBe(2);
        if (whole)
        {
            // Of another version: its checksums are right.
            new CheckpointStore(folder, "agent-batches", 1).Save(141, writer => writer.Json("batches", new { Position = 141 }));
        }
        else
        {
            foreach (var file in Directory.GetFiles(newest[^1]))
            {
                await File.WriteAllBytesAsync(file, [1, 2, 3], TestContext.Current.CancellationToken);
            }
        }

        await _service.ComeUpAsync();
        var decisions = new List<byte[]>();
        await SteerAsync(started, 141, Batches, decisions);
        decisions.ShouldBe(expected.Skip(141));
    }

    /// <summary>Whole by its checksum, but of another version, or cut in the middle of a name.</summary>
    [Theory]
    [InlineData(new byte[] { 9, 0 }, "its version is 9; this service reads 1")]
    [InlineData(new byte[] { 1, 200, 1, 65 }, "of the spool is not used")]
    public async Task Spool_EntryNotReadable_IsItsEnd(byte[] entry, string warning)
    {
        var expected = await UnbrokenAsync(ScriptedBatches.Set());
        var started = await Client.StartAsync(ScriptedBatches.Set(), agentId: "b");
        await SteerAsync(started, 0, 40, []);
        await _service.GoDownAsync();
        var spool = Directory.GetFiles(Path.Combine(_service.DataFolder, "snapshots"), "spool-*", SearchOption.AllDirectories).Single(path => path.Contains("b.", StringComparison.Ordinal));
        var checksum = ~entry.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        await File.AppendAllBytesAsync(spool, [.. BitConverter.GetBytes(entry.Length), .. BitConverter.GetBytes(checksum), .. entry], TestContext.Current.CancellationToken);
        await _service.ComeUpAsync();
        var decisions = new List<byte[]>();
        await SteerAsync(started, 40, Batches, decisions);
        decisions.ShouldBe(expected.Skip(40));
        await _service.GoDownAsync();
        var log = Directory.GetFiles(Path.Combine(_service.DataFolder, "logs")).Select(File.ReadAllText);
        string.Concat(log).ShouldContain(warning);
        await _service.ComeUpAsync();
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
        await SteerAsync(started, 0, 20, before);
        await _service.RestartAsync();
        await SteerAsync(started, 20, 30, before);
        (await BatchClient.RefusedAsync(Client, Bare(started, ScriptedBatches.Reward(28, count: 5)), StatusCode.InvalidArgument)).ShouldContain("1 number");
        before.ConvertAll(bytes => BatchDecision.Parser.ParseFrom(bytes).PolicyVersion).ShouldAllBe(version => version == 0);
        var learning = await Client.StartAsync(new() { Ppo = new() { Rollout = 2 }, Frozen = true }, agentId: "p");
        for (var interval = 0; interval < 8; interval++)
        {
            (await Client.DecideAsync(Scripted.Decide(learning, interval))).PolicyVersion.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Set_TakesAnyBatchSizeAndClassCount_AndChoosesAMethod()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set(chooseMethod: true));
        using var stream = new BatchClient(Client);
        var methods = new HashSet<Method>();
        for (var batch = 0; batch < 24; batch++)
        {
            var images = 1 + (batch % 5);
            var request = ScriptedBatches.Ask(started, batch, images);
            request.Observation = ScriptedBatches.Observation(batch, images, classes: 2 + (batch % 3));
            var decision = await stream.DecideAsync(request);
            decision.Bins.Length.ShouldBe(images);
            methods.Add(decision.Method);
        }

        methods.Count.ShouldBeGreaterThan(1);
        methods.ShouldBeSubsetOf([Method.RMix, Method.RMixChooseLeast, Method.CutTopPaste, Method.CutTopLeastPaste]);
    }

    [Fact]
    public async Task Taken_IsLoggedAndLearnedFrom()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set());
        using var stream = new BatchClient(Client);
        for (var batch = 0; batch < 20; batch++)
        {
            var request = ScriptedBatches.Ask(started, batch);
            request.Taken = new()
            {
                Batch = batch,
                Bins = ByteString.CopyFrom([.. Enumerable.Range(0, ScriptedBatches.Images).Select(i => (byte)((i + batch) % 10))]),
                BinCount = 10,
                LogProbability = -13.5f,
                Value = 0.25f,
            };
            (await stream.DecideAsync(request)).ShouldBe(request.Taken);
            (await stream.DecideAsync(request)).ShouldBe(request.Taken);
            request.Taken.Value = 3;
            (await BatchClient.RefusedAsync(Client, request, StatusCode.AlreadyExists)).ShouldContain("taken.value: 0.25 there, 3 given");
        }

        using var other = new BatchClient(Client);
        (await other.DecideAsync(ScriptedBatches.Ask(started, 20))).PolicyVersion.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task BFloat16_IsSeenAsItsNumbers()
    {
        await Client.StartAsync(ScriptedBatches.Published());
        var first = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "x", Spec = Scripted.Run() });
        var same = await Client.StartAsync(ScriptedBatches.Published(), agentId: "b", runId: "x");
        var half = ScriptedBatches.Ask(first, 0);
        var whole = ScriptedBatches.Ask(same, 0);
        (half.Observation.Saliency, whole.Observation.Saliency) = Halved(half.Observation.Saliency);
        (half.Observation.Logits, whole.Observation.Logits) = Halved(half.Observation.Logits);
        (half.Observation.Losses, whole.Observation.Losses) = Halved(half.Observation.Losses);
        half.Observation.Packing = Packing.Bfloat16;
        using var stream = new BatchClient(Client);
        using var other = new BatchClient(Client);
        (await stream.DecideAsync(half)).ShouldBe(await other.DecideAsync(whole));
    }

    private static (ByteString Half, ByteString Whole) Halved(ByteString numbers)
    {
        var whole = numbers.ToByteArray();
        var half = new List<byte>();
        for (var i = 0; i < whole.Length; i += 4)
        {
            (whole[i], whole[i + 1]) = (0, 0);
            half.AddRange([whole[i + 2], whole[i + 3]]);
        }

        return (ByteString.CopyFrom([.. half]), ByteString.CopyFrom(whole));
    }

    private static SteerBatchesRequest Bare(StartRunResponse started, params BatchReward[] rewards) =>
        new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Rewards = { rewards } };

    private async Task<List<byte[]>> UnbrokenAsync(AgentSpec spec)
    {
        var started = await Client.StartAsync(spec, agentId: "unbroken");
        var decisions = new List<byte[]>();
        await SteerAsync(started, 0, Batches, decisions);
        return decisions;
    }

    private async Task SteerAsync(StartRunResponse started, int from, int to, List<byte[]> decisions)
    {
        using var stream = new BatchClient(Client);
        for (var batch = from; batch < to; batch++)
        {
            decisions.Add((await stream.DecideAsync(ScriptedBatches.Ask(started, batch))).ToByteArray());
        }
    }
}
