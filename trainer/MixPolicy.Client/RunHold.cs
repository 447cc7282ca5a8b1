using System.Security.Cryptography;
using Grpc.Core;
using MixPolicy.Client.Transfer;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>This training's hold on its run at the agent: the ticket, and the calls that create or load agent and run and take the lease.</summary>
/// <param name="client">A client of the service.</param>
/// <param name="plan">The agent and run to create or load.</param>
/// <param name="ticket">From <c>agent.json</c>, or a new one.</param>
/// <param name="keepTicket">Stores the ticket durably; called before the lease it names is used.</param>
/// <param name="time">Clock of the deadlines.</param>
internal sealed class RunHold(PolicyService.PolicyServiceClient client, RunPlan plan, RunTicket ticket, Action<RunTicket> keepTicket, TimeProvider time)
{
    private RunTicket _ticket = ticket;

    /// <summary>agents/{agent}/runs/{run}.</summary>
    public string RunName => plan.RunName(_ticket);

    public string? LeaseToken => _ticket.LeaseToken;

    public bool Finished => _ticket.Finished;

    /// <summary>Creates or loads agent and run, and takes the lease.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await client.CreateAgentAsync(new() { AgentId = plan.AgentId, Spec = plan.Agent }, deadline: Deadline(), cancellationToken: cancellationToken);
        if (plan.Source is { } source && !_ticket.Started)
        {
            // Before the run, so before any decision; after a crash in between, once more.
            var deadline = TransferDeadline();
            await PolicyTransfer.ImportAsync(client, plan.AgentName, await source.ReadAsync(client, deadline, cancellationToken), deadline, cancellationToken);
        }

        var started = await StartRunAsync(cancellationToken);
        // A run that is finished already has no lease to give.
        Keep(_ticket with { LeaseToken = started.Lease?.Token ?? _ticket.LeaseToken, Started = true });
    }

    /// <summary>The agent has confirmed the end of the run.</summary>
    public void Finish() => Keep(_ticket with { Finished = true });

    /// <summary>Of a call that is made now, in UTC.</summary>
    public DateTime Deadline() => time.GetUtcNow().UtcDateTime + Reach.CallDeadline;

    /// <summary>The agent's policy, where it has more updates than the one that is there; null otherwise.</summary>
    public Task<LearnedPolicy?> NewerPolicyAsync(long newerThan, CancellationToken cancellationToken) =>
        PolicyTransfer.ExportNewerAsync(client, plan.AgentName, newerThan, TransferDeadline(), cancellationToken);

    private DateTime TransferDeadline() => time.GetUtcNow().UtcDateTime + PolicyTransfer.Longest;

    private async Task<StartRunResponse> StartRunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Kept before it is used: after a crash in between, the same run is asked for again.
            Keep(_ticket with { LeaseToken = _ticket.LeaseToken ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) });
            var request = new StartRunRequest
            {
                Parent = plan.AgentName,
                RunId = plan.RunId(_ticket),
                Spec = plan.RunSpec(_ticket),
                LeaseToken = _ticket.LeaseToken,
            };
            try
            {
                return await client.StartRunAsync(request, deadline: Deadline(), cancellationToken: cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists && !_ticket.Started)
            {
                // The name is another launch's: take the next one.
                _ticket = _ticket with { Attempt = _ticket.Attempt + 1 };
            }
        }
    }

    private void Keep(RunTicket ticket) => keepTicket(_ticket = ticket);
}
