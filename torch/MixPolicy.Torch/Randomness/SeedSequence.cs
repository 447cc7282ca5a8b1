using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MixPolicy.Torch.Randomness;

/// <summary>
/// Seeds that depend on nothing but their parts, so that any draw can be repeated without the draws before it: the draw of a decision from
/// (agent seed, run, interval), the stream of an epoch from (run seed, "augmentation", epoch).
/// </summary>
public static class SeedSequence
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The first eight bytes, little-endian, of SHA-256 over the parts in order: a number as 0x75 and 8 bytes little-endian, a text as 0x73, its
    /// UTF-8 length in 4 bytes little-endian and its UTF-8 bytes. Each part says its kind and length, so ("ab", "c") and ("a", "bc")
    /// differ. The same on every platform and in every version: stored decisions are replayed with it, so it may never change.
    /// </summary>
    /// <param name="parts">At least one.</param>
    public static ulong Derive(params ReadOnlySpan<SeedPart> parts)
    {
        if (parts.IsEmpty)
        {
            throw new ArgumentException("a seed is derived from at least one part", nameof(parts));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> prefix = stackalloc byte[9];
        foreach (var part in parts)
        {
            if (part.Text is { } text)
            {
                var bytes = Utf8.GetBytes(text);
                prefix[0] = (byte)'s';
                BinaryPrimitives.WriteInt32LittleEndian(prefix[1..], bytes.Length);
                hash.AppendData(prefix[..5]);
                hash.AppendData(bytes);
            }
            else
            {
                prefix[0] = (byte)'u';
                BinaryPrimitives.WriteUInt64LittleEndian(prefix[1..], part.Number);
                hash.AppendData(prefix);
            }
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }
}
