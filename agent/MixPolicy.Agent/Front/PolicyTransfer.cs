using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Naming;
using MixPolicy.Ppo.Learning;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>Learned policies in pieces.</summary>
internal sealed class PolicyTransfer(IGrainFactory grains)
{
    private const int LargestPiece = 1024 * 1024;
    private const long LargestPolicy = 1024L * LargestPiece;

    public async Task ExportAsync(ExportPolicyRequest request, IServerStreamWriter<PolicyPiece> pieces, CancellationToken cancellationToken)
    {
        var name = AgentName.Parse("name", request.Name);
        var policy = await Grain(name).ExportPolicy(request.HasNewerThanVersion ? request.NewerThanVersion : null).WaitAsync(cancellationToken);
        if (policy is null)
        {
            return;
        }

        var (kind, version) = PolicyFile.ReadHeader(policy);
        var header = new PolicyHeader { Kind = kind, PolicyVersion = version, Size = policy.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(policy)) };
        for (var i = 0; i < policy.Length; i += LargestPiece)
        {
            var data = UnsafeByteOperations.UnsafeWrap(policy.AsMemory(i, Math.Min(LargestPiece, policy.Length - i)));
            await pieces.WriteAsync(new() { Header = i == 0 ? header : null, Data = data }, cancellationToken);
        }
    }

    public async Task<V1.Agent> ImportAsync(IAsyncStreamReader<ImportPolicyRequest> requests, CancellationToken cancellationToken)
    {
        if (!await requests.MoveNext(cancellationToken))
        {
            throw Refusal.Invalid("name", "", "agents/{agent}, in the first message");
        }

        var name = AgentName.Parse("name", requests.Current.Name);
        var header = requests.Current.Piece?.Header ?? throw Refusal.Invalid("piece.header", "unset", "set, in the first message");
        if (header.Size is < 1 or > LargestPolicy)
        {
            throw Refusal.Invalid("piece.header.size", $"{header.Size}", $"an integer in [1, {LargestPolicy}]");
        }

        // It grows with what comes, not with what is said to come.
        using var policy = new MemoryStream();
        do
        {
            Add(requests.Current, policy, header.Size);
        }
        while (await requests.MoveNext(cancellationToken));
        var bytes = policy.ToArray();
        if (bytes.Length != header.Size)
        {
            throw Refusal.Invalid("piece.data", $"{bytes.Length} bytes in all pieces", $"{header.Size} bytes, the header's size");
        }

        var sum = SHA256.HashData(bytes);
        if (!header.Sha256.Span.SequenceEqual(sum))
        {
            throw Refusal.Invalid("piece.header.sha256", Convert.ToHexStringLower(header.Sha256.Span), $"{Convert.ToHexStringLower(sum)}, the SHA-256 of what came: it was damaged on its way");
        }

        return V1.Agent.Parser.ParseFrom(await Grain(name).ImportPolicy(bytes).WaitAsync(cancellationToken));
    }

    private static void Add(ImportPolicyRequest request, MemoryStream policy, long size)
    {
        var data = request.Piece?.Data ?? ByteString.Empty;
        if (data.Length > LargestPiece)
        {
            throw Refusal.Invalid("piece.data", $"{data.Length} bytes long", $"at most {LargestPiece} bytes");
        }

        if (policy.Length + data.Length > size)
        {
            throw Refusal.Invalid("piece.data", $"{policy.Length + data.Length} bytes so far", $"{size} bytes in all, the header's size");
        }

        policy.Write(data.Span);
    }

    private IAgentGrain Grain(AgentName name) => grains.GetGrain<IAgentGrain>(name.Id);
}
