using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Experiments;

/// <summary>Trainings as a trainer would do them, the same for the same arguments.</summary>
internal static class Trained
{
    /// <summary>Starts a run and reports its first intervals; the next one is decided.</summary>
    public static async Task<StartRunResponse> TrainAsync(
        this TestService service, AgentSpec agent, string agentId = "a", string runId = "r", int reports = 10, int intervals = 20, Action<RunSpec>? change = null)
    {
        await service.Client.CreateAgentAsync(new() { AgentId = agentId, Spec = agent });
        var spec = Scripted.Run(intervals);
        change?.Invoke(spec);
        var started = await service.Client.StartRunAsync(new() { Parent = $"agents/{agentId}", RunId = runId, Spec = spec });
        for (var interval = 0; interval <= reports; interval++)
        {
            await service.Client.DecideAsync(Scripted.Decide(started, interval));
        }

        return started;
    }

    public static async Task FinishAsync(this TestService service, StartRunResponse started) =>
        await service.Client.FinishRunAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token });
}
