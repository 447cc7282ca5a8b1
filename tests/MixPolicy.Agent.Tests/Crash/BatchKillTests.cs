using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Crash;

public sealed class BatchKillTests
{
    private const int Batches = 130;
    private const int Kills = 4;

    [Fact]
    public async Task Killed_AtRandomMoments_DecidesAsIfItHadNotBeen()
    {
        var expected = await UninterruptedAsync();
        using var service = new ServiceProcess();
        await service.UntilAnsweredAsync(client => client.CreateAgentAsync(new() { AgentId = "a", Spec = ScriptedBatches.Published() }));
        var started = await service.UntilAnsweredAsync(client => client.StartRunAsync(new()
        {
            Parent = "agents/a",
            RunId = "r",
            Spec = Scripted.Run(),
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromDays(1)),
        }));

        var random = new Random(5);
        var kills = Enumerable.Range(0, Kills).Select(_ => random.Next(2, Batches)).Append(Batches - 1).ToHashSet();
        var stream = new BatchClient(service.Client);
        for (var batch = 0; batch < Batches; batch++)
        {
            var request = ScriptedBatches.Ask(started, batch);
            if (kills.Contains(batch))
            {
                // While it is at work on this batch, or has just answered the one before.
                await stream.SendAsync(request);
                await Task.Delay(random.Next(6), TestContext.Current.CancellationToken);
                stream.Dispose();
                service.KillAndRestart();
                await service.UntilAnsweredAsync(client => client.GetAgentAsync(new() { Name = "agents/a" }));
                stream = new(service.Client);
            }

            (await stream.DecideAsync(request)).ToByteArray().ShouldBe(expected[batch], $"batch {batch}");
        }

        stream.Dispose();
        (await service.Client.GetAgentAsync(new() { Name = "agents/a" })).Batches.ShouldBe(Batches);
        service.ReadLog().ShouldNotContain("kept beside the log");
    }

    private static async Task<List<byte[]>> UninterruptedAsync()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.Client.StartAsync(ScriptedBatches.Published());
        using var stream = new BatchClient(service.Client);
        var decisions = new List<byte[]>();
        for (var batch = 0; batch < Batches; batch++)
        {
            decisions.Add((await stream.DecideAsync(ScriptedBatches.Ask(started, batch))).ToByteArray());
        }

        return decisions;
    }
}
