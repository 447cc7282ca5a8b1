using System.Diagnostics;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>
/// What a decision costs over loopback, once warm: against an RPC that does nothing on the same channel, and a durable commit of one row on the same
/// disk. The three take turns, so that whatever else the machine does meets all of them.
/// </summary>
internal static class Decide
{
    private const int WarmUp = 1000;
    private const int Samples = 800;

    // As large as a decision with its observation.
    private const int RowBytes = 600;

    public static IEnumerable<Measurement> Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-decide-");
        await using var host = await AgentHost.StartAsync(Path.Combine(folder.FullName, "agent"));
        using var channel = GrpcChannel.ForAddress(host.GrpcAddress);
        var client = new PolicyService.PolicyServiceClient(channel);
        var health = new Health.HealthClient(channel);
        var trainer = new ScriptedTrainer(client, "bench", intervals: 100);
        await trainer.CreateAgentAsync();
        using var row = new DurableCommit(Path.Combine(folder.FullName, "commit.db"), RowBytes);

        var (echo, commit, decide) = (new double[Samples], new double[Samples], new double[Samples]);
        for (var i = -WarmUp; i < Samples; i++)
        {
            var request = await trainer.NextAsync();
            var echoTime = await TimeAsync(() => health.CheckAsync(new() { Service = "live" }).ResponseAsync);
            var commitTime = await TimeAsync(() => Task.Run(row.Make));
            var decideTime = await TimeAsync(() => client.DecideAsync(request).ResponseAsync);
            if (i >= 0)
            {
                (echo[i], commit[i], decide[i]) = (echoTime, commitTime, decideTime);
            }
        }

        var measurements = new[]
        {
            Measurement.FromSamples("echo", echo) with { Note = "grpc.health.v1 Check of 'live', same channel" },
            Measurement.FromSamples("commit", commit) with { Note = $"one row of {RowBytes} bytes, WAL, synchronous=FULL" },
            Measurement.FromSamples("decide", decide) with { Note = "policy ppo, report and decision, an update every 8" },
        };
        var excess = measurements[2].MedianMs - measurements[0].MedianMs - measurements[1].MedianMs;
        return [.. measurements, new("decide-excess", Against: "echo + commit", Value: excess, Note: "median, milliseconds; demanded: at most 1")];
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
