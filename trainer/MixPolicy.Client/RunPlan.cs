using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MixPolicy.Client.Transfer;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>The agent and the run a training asks for. Both names follow from the specs, so that the same command finds the same agent again.</summary>
/// <param name="Agent">Spec of the agent.</param>
/// <param name="Run">Spec of the run, without the launch label.</param>
/// <param name="AgentLabel">First part of the agent's id, for people: the policy.</param>
/// <param name="RunLabel">First part of the run's id: data set and seed.</param>
public sealed record RunPlan(AgentSpec Agent, RunSpec Run, string AgentLabel, string RunLabel)
{
    /// <summary>What the agent's policy starts from; null where it starts new.</summary>
    public PolicySource? Source { get; init; }

    /// <summary>The launch that has an agent of its own; null where the agent is that of its spec.</summary>
    public string? OwnLaunch { get; init; }

    private const string LaunchLabel = "launch";

    /// <summary>The policy's name and a hash of the spec: agents with one spec are one agent, which goes on learning from run to run.</summary>
    public string AgentId => $"{AgentLabel}-{Convert.ToHexStringLower(SHA256.HashData([.. Agent.ToByteArray(), .. Encoding.UTF8.GetBytes(OwnLaunch ?? "")]))[..8]}";

    public string AgentName => $"agents/{AgentId}";

    public string RunId(RunTicket ticket) => ticket.Attempt == 1 ? RunLabel : $"{RunLabel}-{ticket.Attempt}";

    public string RunName(RunTicket ticket) => $"{AgentName}/runs/{RunId(ticket)}";

    public RunSpec RunSpec(RunTicket ticket)
    {
        var spec = Run.Clone();
        spec.Labels[LaunchLabel] = ticket.Launch;
        return spec;
    }
}
