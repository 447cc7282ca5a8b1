using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Artifacts;

/// <summary>Takes a picture in. What would be refused anyhow is refused before its bytes are read.</summary>
internal sealed class ArtifactUpload(IGrainFactory grains)
{
    public async Task<Artifact> RunAsync(IAsyncStreamReader<UploadArtifactRequest> requests, CancellationToken cancellationToken)
    {
        var header = await requests.MoveNext(cancellationToken) ? requests.Current.Header : null;
        if (header is null)
        {
            throw Refusal.Invalid("header", "unset", "set, in the first message");
        }

        ArtifactRules.Demand(header);
        var (grain, bytes) = (grains.GetGrain<IAgentGrain>(RunName.Parse("header.run", header.Run).Agent), header.ToByteArray());
        if (await grain.FindArtifact(bytes).WaitAsync(cancellationToken) is { } there)
        {
            return Artifact.Parser.ParseFrom(there);
        }

        var data = await ReadAsync(requests, header.Size, cancellationToken);
        ArtifactRules.Demand(header, data);
        return Artifact.Parser.ParseFrom(await grain.AddArtifact(bytes, data).WaitAsync(cancellationToken));
    }

    private static async Task<byte[]> ReadAsync(IAsyncStreamReader<UploadArtifactRequest> requests, long size, CancellationToken cancellationToken)
    {
        // It grows with what comes, not with what is said to come.
        using var data = new MemoryStream();
        do
        {
            var piece = requests.Current.Data;
            if (piece.Length > ArtifactRules.LargestPiece)
            {
                throw Refusal.Invalid("data", $"{piece.Length} bytes long", $"at most {ArtifactRules.LargestPiece} bytes");
            }

            if (data.Length + piece.Length > size)
            {
                throw Refusal.Invalid("data", $"{data.Length + piece.Length} bytes so far", $"{size} bytes in all, the header's size");
            }

            data.Write(piece.Span);
        }
        while (await requests.MoveNext(cancellationToken));
        return data.ToArray();
    }
}
