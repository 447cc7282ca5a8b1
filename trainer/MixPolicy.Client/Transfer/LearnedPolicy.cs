using System.Security.Cryptography;
using MixPolicy.V1;

namespace MixPolicy.Client.Transfer;

/// <summary>A learned policy as a whole.</summary>
/// <param name="Header">What it is, with size and SHA-256 of the data.</param>
/// <param name="Data">As the agent service made it; opaque here.</param>
public sealed record LearnedPolicy(PolicyHeader Header, byte[] Data)
{
    /// <summary>What is wrong with it; null where size and checksum hold.</summary>
    public string? Damage() =>
        Header.Size != Data.Length ? $"it has {Data.Length} bytes and should have {Header.Size}"
        : !Header.Sha256.Span.SequenceEqual(SHA256.HashData(Data)) ? "its SHA-256 does not fit"
        : null;
}
