using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Artifacts;

/// <summary>PNG files, and uploads of them.</summary>
internal static class Picture
{
    /// <summary>A grey square that any viewer shows.</summary>
    public static byte[] Png(int side = 4, byte level = 128)
    {
        var lines = new byte[side * (side + 1)];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = i % (side + 1) == 0 ? (byte)0 : level;
        }

        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(lines);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        header[8] = 8;
        return [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    public static ArtifactHeader Header(StartRunResponse started, byte[] data, string id = "mixed-0", int interval = 0) => new()
    {
        Run = started.Run.Name,
        LeaseToken = started.Lease.Token,
        ArtifactId = id,
        Interval = interval,
        MediaType = "image/png",
        Size = data.Length,
        Sha256 = ByteString.CopyFrom(SHA256.HashData(data)),
        Caption = "cutmix, α 1",
        Labels = { ["method"] = "cutmix" },
    };

    /// <summary>Sends a picture in pieces.</summary>
    public static async Task<Artifact> UploadAsync(this PolicyService.PolicyServiceClient client, ArtifactHeader? header, byte[] data, int piece = 50)
    {
        using var call = client.UploadArtifact();
        try
        {
            await call.RequestStream.WriteAsync(new() { Header = header, Data = ByteString.CopyFrom(data.AsSpan(0, Math.Min(piece, data.Length))) });
            for (var at = piece; at < data.Length; at += piece)
            {
                await call.RequestStream.WriteAsync(new() { Data = ByteString.CopyFrom(data.AsSpan(at, Math.Min(piece, data.Length - at))) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is Grpc.Core.RpcException or InvalidOperationException)
        {
            // Answered before all was sent: the answer says why.
        }

        return await call;
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, chunk.Length - 8)));
        return chunk;
    }
}
