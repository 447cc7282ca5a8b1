using Google.Protobuf.WellKnownTypes;
using MixPolicy.V1;

namespace MixPolicy.Dashboard.Tests;

/// <summary>One training as a trainer drives it over gRPC; its numbers depend on the seed and the interval only.</summary>
internal sealed class Training(PolicyService.PolicyServiceClient client, StartRunResponse started, int seed)
{
    private readonly int _intervals = started.Run.Spec.Intervals;

    public StartRunResponse Started => started;

    public string Run => started.Run.Name;

    /// <summary>The interval decided last.</summary>
    public int Interval { get; private set; }

    public static async Task<Training> StartAsync(
        PolicyService.PolicyServiceClient client, string agent, string run, AgentSpec spec, int intervals = 40, int seed = 1, string dataset = "shapes", string network = "preactresnet18-w16")
    {
        await client.CreateAgentAsync(new() { AgentId = agent, Spec = spec });
        var started = await client.StartRunAsync(new()
        {
            Parent = $"agents/{agent}",
            RunId = run,
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)),
            Spec = new() { Intervals = intervals, Classes = 10, PeakLearningRate = 0.1, Dataset = dataset, Network = network, Labels = { ["seed"] = $"{seed}" } },
        });
        var training = new Training(client, started, seed);
        await training.DecideAsync(0);
        return training;
    }

    public static AgentSpec Ppo(ulong seed = 1) => new() { Ppo = new() { Rollout = 8 }, Seed = seed };

    public static AgentSpec Uniform(ulong seed = 1) => new() { Random = new(), Seed = seed };

    /// <summary>Reports intervals; the next is decided.</summary>
    public async Task ReportAsync(int intervals)
    {
        for (var i = 0; i < intervals; i++)
        {
            await DecideAsync(Interval + 1);
        }
    }

    /// <summary>Reports all that are left.</summary>
    public async Task FinishAsync()
    {
        await ReportAsync(_intervals - 1 - Interval);
        await client.FinishRunAsync(new() { Run = Run, LeaseToken = started.Lease.Token, Report = Report(Interval) });
    }

    private async Task DecideAsync(int interval)
    {
        await client.DecideAsync(new() { Run = Run, LeaseToken = started.Lease.Token, Interval = interval, Report = interval == 0 ? null : Report(interval - 1) });
        Interval = interval;
    }

    private Report Report(int interval)
    {
        var done = (interval + 1.0) / _intervals;
        var noise = 0.02 * Math.Sin((interval * 1.7) + seed);
        var loss = (2.3 * Math.Exp(-3 * done)) + 0.35 + noise;
        return new()
        {
            Decision = $"{Run}/decisions/{interval}",
            Progress = done,
            TrainLoss = loss * 0.9,
            TrainTop1Weighted = 0.95 - (0.85 * Math.Exp(-3.2 * done)),
            HoldoutLoss = loss,
            HoldoutTop1 = 0.86 - (0.74 * Math.Exp(-3.4 * done)) + noise,
            HoldoutEce = 0.04 + (0.05 * done) + (noise / 4),
            GradientNorm = 1.5 + (0.4 * Math.Cos(interval)),
            LearningRate = 0.1 * (1 - done),
            TestTop1 = 0.85 - (0.74 * Math.Exp(-3.4 * done)),
            Timing = new() { Images = 8000 },
        };
    }
}
