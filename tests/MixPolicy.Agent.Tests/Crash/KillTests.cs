using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Crash;

public sealed class KillTests
{
    private const int Intervals = 24;
    private const int Kills = 20;

    // Updates at every third report: most kills are near one.
    private const int Rollout = 3;

    [Fact]
    public async Task Killed_AtRandomMoments_DecidesAsIfItHadNotBeen()
    {
        var expected = await UninterruptedAsync();
        using var service = new ServiceProcess();
        await service.UntilAnsweredAsync(client => client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.PpoAgent(rollout: Rollout) }));
        var started = await service.UntilAnsweredAsync(client => client.StartRunAsync(new()
        {
            Parent = "agents/a",
            RunId = "r",
            Spec = Scripted.Run(Intervals),
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromDays(1)),
        }));

        var random = new Random(2);
        var interrupted = 0;
        for (var interval = 0; interval < Intervals; interval++)
        {
            var request = Scripted.Decide(started, interval);
            if (interval >= Intervals - Kills)
            {
                interrupted += await KilledDuringAsync(service, request, KillAfter(interval, random)) is { } early
                    ? Same(early, expected[interval])
                    : 1;
            }

            Same(await service.UntilAnsweredAsync(client => client.DecideAsync(request)), expected[interval]);
        }

        interrupted.ShouldBeGreaterThan(0);
        var log = await service.UntilAnsweredAsync(client => client.ListDecisionsAsync(new() { Parent = "agents/a/runs/r" }));
        log.Decisions.Select(record => record.Decision.ToByteArray()).ShouldBe(expected);
        (await service.Client.GetAgentAsync(new() { Name = "agents/a" })).PolicyVersion.ShouldBe((Intervals - 1) / Rollout);
        service.ReadLog().ShouldNotContain("INTEGRITY");
    }

    /// <summary>
    /// From at once (before the request arrives) over the restore and the update to the snapshot that follows the reply; a fresh process needs some
    /// hundred milliseconds for its first decision.
    /// </summary>
    private static TimeSpan? KillAfter(int interval, Random random) => (interval % 4) switch
    {
        0 => TimeSpan.FromMilliseconds(random.Next(30)),
        1 => TimeSpan.FromMilliseconds(random.Next(1500)),
        2 => TimeSpan.FromMilliseconds(random.Next(400)),
        // After the reply: the snapshot is being written.
        _ => null,
    };

    /// <summary>Kills the service some time after a request was sent, or after its reply.</summary>
    /// <returns>The reply, if it came before.</returns>
    private static async Task<Decision?> KilledDuringAsync(ServiceProcess service, DecideRequest request, TimeSpan? after)
    {
        if (after is null)
        {
            var reply = await service.UntilAnsweredAsync(client => client.DecideAsync(request));
            service.KillAndRestart();
            return reply;
        }

        // The process is up before the clock starts, so that the kill finds it at work.
        await service.UntilAnsweredAsync(client => client.GetAgentAsync(new() { Name = "agents/a" }));
        var call = service.Client.DecideAsync(request).ResponseAsync;
        await Task.WhenAny(call, Task.Delay(after.Value, TestContext.Current.CancellationToken));
        service.KillAndRestart();
        try
        {
            return await call;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private static int Same(Decision decision, byte[] expected)
    {
        decision.ToByteArray().ShouldBe(expected, $"interval {decision.Interval}");
        return 0;
    }

    private static async Task<List<byte[]>> UninterruptedAsync()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.Client.StartAsync(Scripted.PpoAgent(rollout: Rollout), intervals: Intervals);
        var decisions = new List<byte[]>();
        for (var interval = 0; interval < Intervals; interval++)
        {
            decisions.Add((await service.Client.DecideAsync(Scripted.Decide(started, interval))).ToByteArray());
        }

        return decisions;
    }
}
