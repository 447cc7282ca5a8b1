using System.Numerics;
using Google.Protobuf;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>What breaks between two batches, and what is damaged on the disk.</summary>
public sealed class BatchRecoveryTests : IAsyncLifetime
{
    private const int Batches = 150;

    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

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
        await Client.SteerAsync(started, 0, 90, before);
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
        await Client.SteerAsync(started, 0, Batches, after);
        after.Take(90).ShouldBe(before);
        var decisions = after.ConvertAll(BatchDecision.Parser.ParseFrom);
        decisions[^1].PolicyVersion.ShouldBeGreaterThan(decisions[90].PolicyVersion);
        await _service.RestartAsync();
        var again = new List<byte[]>();
        await Client.SteerAsync(started, 0, Batches, again);
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
        await Client.SteerAsync(started, 0, 141, []);
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
        await Client.SteerAsync(started, 141, Batches, decisions);
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
        await Client.SteerAsync(started, 0, 40, []);
        await _service.GoDownAsync();
        var spool = Directory.GetFiles(Path.Combine(_service.DataFolder, "snapshots"), "spool-*", SearchOption.AllDirectories).Single(path => path.Contains("b.", StringComparison.Ordinal));
        var checksum = ~entry.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        await File.AppendAllBytesAsync(spool, [.. BitConverter.GetBytes(entry.Length), .. BitConverter.GetBytes(checksum), .. entry], TestContext.Current.CancellationToken);
        await _service.ComeUpAsync();
        var decisions = new List<byte[]>();
        await Client.SteerAsync(started, 40, Batches, decisions);
        decisions.ShouldBe(expected.Skip(40));
        await _service.GoDownAsync();
        var log = Directory.GetFiles(Path.Combine(_service.DataFolder, "logs")).Select(File.ReadAllText);
        string.Concat(log).ShouldContain(warning);
        await _service.ComeUpAsync();
    }

    /// <summary>With rollouts of two and γ above 0, four runs' decisions make two updates before a reward comes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Updates_BetweenRewardsAndRestarts_AreLoggedOnceEach(bool restarts)
    {
        const int Rounds = 6;
        var spec = ScriptedBatches.Published();
        (spec.RlMix.Ppo.Rollout, spec.RlMix.Ppo.Minibatch, spec.RlMix.UpdateLag) = (2, 2, 0);
        List<StartRunResponse> runs = [await Client.StartAsync(spec)];
        foreach (var id in new[] { "s", "t", "u" })
        {
            runs.Add(await Client.StartRunAsync(new() { Parent = "agents/a", RunId = id, Spec = Scripted.Run() }));
        }

        for (var batch = 0; batch < Rounds; batch++)
        {
            foreach (var run in runs)
            {
                using var stream = new BatchClient(Client);
                var ask = ScriptedBatches.Ask(run, batch);
                ask.Rewards.Clear();
                await stream.DecideAsync(ask);
            }

            if (restarts && batch % 2 == 1)
            {
                await _service.RestartAsync();
            }

            foreach (var run in runs)
            {
                using var stream = new BatchClient(Client);
                await stream.AskAsync(new() { Run = run.Run.Name, LeaseToken = run.Lease.Token, Rewards = { ScriptedBatches.Reward(batch) } });
            }
        }

        foreach (var run in runs)
        {
            await Client.FinishRunAsync(new() { Run = run.Run.Name, LeaseToken = run.Lease.Token });
        }

        var versions = new List<long>();
        using var watch = Client.Watch(new() { Name = "agents/a" });
        for (var finished = 0; finished < runs.Count;)
        {
            (await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
            finished += watch.ResponseStream.Current.State == RunState.Finished ? 1 : 0;
            versions.AddRange(watch.ResponseStream.Current.Update is { } update ? [update.PolicyVersion] : []);
        }

        versions.ShouldBe(Enumerable.Range(1, (Rounds - 1) * 2).Select(version => (long)version));
        (await Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion.ShouldBe(versions[^1]);
    }

    private async Task<List<byte[]>> UnbrokenAsync(AgentSpec spec)
    {
        var started = await Client.StartAsync(spec, agentId: "unbroken");
        var decisions = new List<byte[]>();
        await Client.SteerAsync(started, 0, Batches, decisions);
        return decisions;
    }
}
