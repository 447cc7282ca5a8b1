using System.Buffers.Binary;

namespace MixPolicy.Agent.Artifacts;

/// <summary>Whether bytes have the form of a PNG file (ISO/IEC 15948): signature, header, chunks to the end. The pixels are the viewer's business.</summary>
internal static class PngForm
{
    // Larger ones make browsers run out of memory, however small the file.
    private const uint LargestSide = 16384;
    private const int ChunkFrame = 12;
    private const int HeaderLength = 13;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <returns>What is wrong, as a phrase, or null.</returns>
    public static string? WhatIsWrong(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(Signature))
        {
            return "not a PNG file";
        }

        var rest = data[Signature.Length..];
        for (var first = true; ; first = false)
        {
            if (rest.Length < ChunkFrame || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > (uint)(rest.Length - ChunkFrame))
            {
                return "a PNG file that breaks off";
            }

            var type = rest.Slice(4, 4);
            var content = rest.Slice(8, (int)length);
            if (first && (!type.SequenceEqual("IHDR"u8) || content.Length != HeaderLength || !IsSide(content) || !IsSide(content[4..])))
            {
                return $"a PNG file without a header, or not of 1 to {LargestSide} pixels a side";
            }

            rest = rest[(ChunkFrame + (int)length)..];
            if (type.SequenceEqual("IEND"u8))
            {
                return rest.IsEmpty ? null : $"a PNG file with {rest.Length} bytes after it";
            }
        }
    }

    private static bool IsSide(ReadOnlySpan<byte> pixels) => BinaryPrimitives.ReadUInt32BigEndian(pixels) is > 0 and <= LargestSide;
}
