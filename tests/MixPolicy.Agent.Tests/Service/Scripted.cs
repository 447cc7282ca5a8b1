using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

/// <summary>Requests as a trainer would send them, the same for the same arguments.</summary>
public static class Scripted
{
    public static RunSpec Run(int intervals = 20) =>
        new() { Intervals = intervals, Classes = 10, PeakLearningRate = 0.1, Dataset = "shapes", Network = "tiny" };

    public static AgentSpec RandomAgent(ulong seed = 1) => new() { Random = new(), Seed = seed };

    public static AgentSpec PpoAgent(ulong seed = 1, int rollout = 8) => new() { Ppo = new() { Rollout = rollout }, Seed = seed };

    /// <summary>A plausible report; its numbers depend on the interval only.</summary>
    public static Report Report(string run, int interval, int intervals = 20) => new()
    {
        Decision = $"{run}/decisions/{interval}",
        Progress = (interval + 1.0) / intervals,
        TrainLoss = 2.3 / (1 + (0.2 * interval)) + (0.05 * Math.Sin(interval)),
        TrainTop1Weighted = 1 - (0.9 / (1 + (0.1 * interval))),
        HoldoutLoss = 2.3 / (1 + (0.15 * interval)) + (0.08 * Math.Cos(interval * 1.7)),
        HoldoutTop1 = 1 - (0.9 / (1 + (0.08 * interval))),
        HoldoutEce = 0.05,
        GradientNorm = 1.5 + (0.2 * Math.Sin(interval)),
        LearningRate = 0.1 * (1 - (interval / (double)intervals)),
        Timing = new() { Images = 1000 },
    };

    /// <summary>Creates an agent and starts a run of it.</summary>
    public static async Task<StartRunResponse> StartAsync(
        this PolicyService.PolicyServiceClient client, AgentSpec agent, string agentId = "a", string runId = "r", int intervals = 20)
    {
        await client.CreateAgentAsync(new() { AgentId = agentId, Spec = agent });
        return await client.StartRunAsync(new() { Parent = $"agents/{agentId}", RunId = runId, Spec = Run(intervals) });
    }

    /// <summary>What a trainer asks for an interval: with the report of the one before.</summary>
    public static DecideRequest Decide(StartRunResponse started, int interval) => new()
    {
        Run = started.Run.Name,
        LeaseToken = started.Lease.Token,
        Interval = interval,
        Report = interval == 0 ? null : Report(started.Run.Name, interval - 1, started.Run.Spec.Intervals),
    };

    public static async Task<RpcException> RefusedAsync<T>(this AsyncUnaryCall<T> call, StatusCode code)
    {
        var refusal = await Should.ThrowAsync<RpcException>(async () => await call);
        refusal.StatusCode.ShouldBe(code, refusal.Status.Detail);
        return refusal;
    }
}
