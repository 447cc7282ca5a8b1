using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>Runs whose trainer vanished: what an agent holds for their rewards does not stay for ever.</summary>
public sealed class AbandonedRunTests : IAsyncLifetime
{
    private const int Open = 4;

    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>A rollout has five batches: what was let go of does not count.</summary>
    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 0)]
    public async Task Run_StaleWhenAnotherStarts_IsLetGoOf(bool stale, bool restarts, int updates)
    {
        var left = await Client.StartAsync(ScriptedBatches.Set());
        await DecideAsync(left, 0, Open);
        if (stale)
        {
            _service.Time.Advance(TimeSpan.FromDays(1));
        }

        await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "next", Spec = Scripted.Run() });
        if (restarts)
        {
            await _service.RestartAsync();
        }

        // The trainer is back: it goes on with the next batch, and its rewards are logged.
        await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run(), LeaseToken = left.Lease.Token });
        using var stream = new BatchClient(Client);
        var rewards = new SteerBatchesRequest { Run = left.Run.Name, LeaseToken = left.Lease.Token };
        rewards.Rewards.AddRange(Enumerable.Range(0, Open).Select(batch => ScriptedBatches.Reward(batch)));
        (await stream.AskAsync(rewards)).Rewarded.ShouldBe(Open - 1);
        await DecideAsync(left, Open, 3);
        (await stream.AskAsync(new() { Rewards = { ScriptedBatches.Reward(Open) } })).Rewarded.ShouldBe(Open);
        await DecideAsync(left, Open + 3, 3);
        (await Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion.ShouldBe(updates);
    }

    [Fact]
    public async Task Runs_ThatVanish_LeaveSnapshotsAsLargeAsOne()
    {
        var sizes = new List<long>();
        for (var run = 0; run < 4; run++)
        {
            var started = run == 0
                ? await Client.StartAsync(ScriptedBatches.Set())
                : await Client.StartRunAsync(new() { Parent = "agents/a", RunId = $"run-{run}", Spec = Scripted.Run() });
            await DecideAsync(started, 0, 40);

            // A second run learns, so that a snapshot is written.
            var learns = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = $"learns-{run}", Spec = Scripted.Run() });
            using (var stream = new BatchClient(Client))
            {
                for (var batch = 0; batch < 80; batch++)
                {
                    await stream.DecideAsync(ScriptedBatches.Ask(learns, batch));
                }
            }

            await Client.FinishRunAsync(new() { Run = learns.Run.Name, LeaseToken = learns.Lease.Token });
            await _service.GoDownAsync();
            var newest = Directory.GetDirectories(_service.DataFolder, "step-*", SearchOption.AllDirectories).Where(folder => folder.Contains("batches")).Max(StringComparer.Ordinal)!;
            sizes.Add(Directory.GetFiles(newest, "batch-policy-steps*").Sum(file => new FileInfo(file).Length));
            await _service.ComeUpAsync();
            _service.Time.Advance(TimeSpan.FromDays(1));
        }

        sizes.ShouldAllBe(size => size > 0);
        sizes.Max().ShouldBeLessThan(sizes[0] * 3 / 2, $"bytes: {string.Join(", ", sizes)}");
    }

    private async Task DecideAsync(StartRunResponse run, int first, int count)
    {
        using var stream = new BatchClient(Client);
        for (var batch = first; batch < first + count; batch++)
        {
            var request = ScriptedBatches.Ask(run, batch);
            request.Rewards.Clear();
            await stream.DecideAsync(request);
        }
    }
}
