using System.Diagnostics;
using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Memory of a service outside the managed heap over 10,000 decisions of policy ppo, an update and a snapshot every 8, runs of 100
/// intervals. It must stay flat once the runtime has compiled what is often called.
/// </summary>
internal static class MemoryDecisions
{
    private const int WarmUp = 5_000;
    private const int Decisions = 10_000;
    private const int Points = 5;
    private const double Mebi = 1024 * 1024;

    public static IEnumerable<Measurement> Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-memory-");
        await using var host = await AgentHost.StartAsync(folder.FullName);
        using var channel = GrpcChannel.ForAddress(host.GrpcAddress);
        var client = new PolicyService.PolicyServiceClient(channel);
        var trainer = new ScriptedTrainer(client, "bench", intervals: 100);
        await trainer.CreateAgentAsync();

        await DecideAsync(WarmUp);
        var before = NativeMemory();
        var measurements = new List<Measurement> { new("memory-decisions", Value: before / Mebi, Note: $"MiB of native memory after {WarmUp} decisions") };
        for (var point = 1; point <= Points; point++)
        {
            await DecideAsync(Decisions / Points);
            var now = NativeMemory();
            measurements.Add(new(
                "memory-decisions",
                Value: now / Mebi,
                Ratio: now / before,
                Against: $"after {WarmUp}",
                Note: $"MiB after {WarmUp + (point * Decisions / Points)} decisions; demanded: ratio 0.95 to 1.05"));
        }

        return measurements;

        async Task DecideAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await client.DecideAsync(await trainer.NextAsync());
            }
        }
    }

    /// <summary>Resident bytes that are not the managed heap's.</summary>
    private static double NativeMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 - GC.GetGCMemoryInfo().TotalCommittedBytes;
    }
}
