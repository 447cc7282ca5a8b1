using Grpc.Core;
using MixPolicy.Client;
using MixPolicy.Client.Transfer;
using MixPolicy.Trainer.Policy.Batches;

namespace MixPolicy.Trainer.Commands;

/// <summary>Whether what <c>--policy-from</c> names can be taken over, asked before anything is written. The agent service has the last word, on the shapes.</summary>
internal static class PolicyFromRules
{
    private const string Option = "--policy-from";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="UsageException">It is another kind of policy, or no policy at all.</exception>
    internal static void CheckFile(TrainSettings settings, string file)
    {
        try
        {
            Demand(settings, file, SavedPolicy.Read(file).Header.Kind);
        }
        catch (PolicyException e)
        {
            throw new UsageException(Option, file, $"agents/X, or a file written by 'mixpolicy export'; {e.Message}");
        }
    }

    /// <summary>Asks the service what an agent's policy is. Where it cannot be reached, the training will try again.</summary>
    /// <inheritdoc cref="CheckFile" path="/exception"/>
    internal static async Task CheckAgentAsync(TrainSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.PolicyFrom is not { } from || !new PolicySource(from).IsAgent)
        {
            return;
        }

        using var channel = AgentConnection.Open(new(settings.Agent), AgentCredentials.FromEnvironment());
        try
        {
            var header = await PolicyTransfer.HeaderAsync(new(channel), from, time.GetUtcNow().UtcDateTime + Patience, cancellationToken);
            Demand(settings, from, header.Kind);
        }
        catch (RpcException e) when (!RpcErrors.IsTransient(e))
        {
            throw new UsageException(Option, from, $"an agent of the service that learns; {RpcErrors.Text(e)}");
        }
        catch (Exception e) when ((e is RpcException or OperationCanceledException) && !cancellationToken.IsCancellationRequested)
        {
            // Away, or too slow: that is not for here.
        }
    }

    private static void Demand(TrainSettings settings, string from, string kind)
    {
        var wanted = settings.Policy switch { BatchPolicyNames.RlMix => "rl_mix", BatchPolicyNames.RlMixSet => "rl_mix_set", var other => other };

        // A kind is a name, and its shapes in brackets.
        if (kind.Split('(')[0] != wanted)
        {
            throw new UsageException(Option, from, $"a policy of the kind {wanted}, for --policy {settings.Policy}; this one is {kind}");
        }
    }
}
