using Google.Protobuf;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Client.Transfer;

/// <summary>Learned policies from and to an agent.</summary>
public static class PolicyTransfer
{
    /// <summary>The most a transfer may take: RL-Mix's 30 MB over a slow line.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private const int PieceBytes = 1024 * 1024;

    /// <param name="client">A client of the service.</param>
    /// <param name="agent">agents/{agent}</param>
    /// <param name="deadline">In UTC.</param>
    /// <exception cref="RpcException">The service refuses, or what arrives is not whole (DATA_LOSS).</exception>
    public static async Task<LearnedPolicy> ExportAsync(PolicyService.PolicyServiceClient client, string agent, DateTime deadline, CancellationToken cancellationToken) =>
        await FetchAsync(client, new() { Name = agent }, deadline, cancellationToken)
        ?? throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} came without a header"));

    /// <summary>What an agent's policy is, without the policy.</summary>
    /// <inheritdoc cref="ExportAsync(PolicyService.PolicyServiceClient, string, DateTime, CancellationToken)"/>
    public static async Task<PolicyHeader> HeaderAsync(PolicyService.PolicyServiceClient client, string agent, DateTime deadline, CancellationToken cancellationToken)
    {
        using var call = client.ExportPolicy(new() { Name = agent }, deadline: deadline, cancellationToken: cancellationToken);
        return await call.ResponseStream.MoveNext(cancellationToken) && call.ResponseStream.Current.Header is { } header
            ? header
            : throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} came without a header"));
    }

    /// <param name="newerThan">Updates of the policy that is there already.</param>
    /// <returns>Null where the agent's has no more.</returns>
    /// <inheritdoc cref="ExportAsync(PolicyService.PolicyServiceClient, string, DateTime, CancellationToken)"/>
    public static Task<LearnedPolicy?> ExportNewerAsync(
        PolicyService.PolicyServiceClient client, string agent, long newerThan, DateTime deadline, CancellationToken cancellationToken) =>
        FetchAsync(client, new() { Name = agent, NewerThanVersion = newerThan }, deadline, cancellationToken);

    private static async Task<LearnedPolicy?> FetchAsync(
        PolicyService.PolicyServiceClient client, ExportPolicyRequest request, DateTime deadline, CancellationToken cancellationToken)
    {
        var agent = request.Name;
        using var call = client.ExportPolicy(request, deadline: deadline, cancellationToken: cancellationToken);
        PolicyHeader? header = null;
        using var data = new MemoryStream();
        await foreach (var piece in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            header ??= piece.Header;
            piece.Data.WriteTo(data);
            if (data.Length > (header?.Size ?? 0))
            {
                throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} is longer than its header says"));
            }
        }

        if (header is null)
        {
            return null;
        }

        var policy = new LearnedPolicy(header, data.ToArray());
        return policy.Damage() is { } damage ? throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} came damaged: {damage}")) : policy;
    }

    /// <param name="client">A client of the service.</param>
    /// <param name="agent">agents/{agent}, which has decided nothing yet.</param>
    /// <param name="deadline">In UTC.</param>
    /// <exception cref="RpcException">The service refuses.</exception>
    public static async Task<V1.Agent> ImportAsync(
        PolicyService.PolicyServiceClient client, string agent, LearnedPolicy policy, DateTime deadline, CancellationToken cancellationToken)
    {
        using var call = client.ImportPolicy(deadline: deadline, cancellationToken: cancellationToken);
        try
        {
            for (var at = 0; at < Math.Max(1, policy.Data.Length); at += PieceBytes)
            {
                var piece = new PolicyPiece { Data = ByteString.CopyFrom(policy.Data, at, Math.Min(PieceBytes, policy.Data.Length - at)) };
                var first = at == 0;
                piece.Header = first ? policy.Header : null;
                await call.RequestStream.WriteAsync(new() { Name = first ? agent : "", Piece = piece }, cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // The service has ended the call before it had everything. Why, the response tells.
        }

        return await call.ResponseAsync;
    }
}
