using Google.Protobuf;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Client.Transfer;

/// <summary>Learned policies from and to an agent.</summary>
public static class PolicyTransfer
{
    private const int PieceBytes = 1024 * 1024;

    /// <param name="client">A client of the service.</param>
    /// <param name="agent">agents/{agent}</param>
    /// <exception cref="RpcException">The service refuses, or what arrives is not whole (DATA_LOSS).</exception>
    public static async Task<LearnedPolicy> ExportAsync(PolicyService.PolicyServiceClient client, string agent, CancellationToken cancellationToken)
    {
        using var call = client.ExportPolicy(new() { Name = agent }, cancellationToken: cancellationToken);
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

        var policy = new LearnedPolicy(header ?? throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} came without a header")), data.ToArray());
        return policy.Damage() is { } damage ? throw new RpcException(new(StatusCode.DataLoss, $"the policy of {agent} came damaged: {damage}")) : policy;
    }

    /// <param name="client">A client of the service.</param>
    /// <param name="agent">agents/{agent}, which has decided nothing yet.</param>
    /// <exception cref="RpcException">The service refuses.</exception>
    public static async Task<V1.Agent> ImportAsync(PolicyService.PolicyServiceClient client, string agent, LearnedPolicy policy, CancellationToken cancellationToken)
    {
        using var call = client.ImportPolicy(cancellationToken: cancellationToken);
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
