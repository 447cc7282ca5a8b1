using System.Globalization;
using System.Security.Cryptography;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Artifacts;

/// <summary>What a picture must look like, and how many there may be.</summary>
internal static class ArtifactRules
{
    public const string MediaType = "image/png";
    public const int LargestSize = 4 * 1024 * 1024;
    public const int LargestPiece = 1024 * 1024;
    public const int MostOfARun = 1000;
    public const long LargestRun = 256L * 1024 * 1024;

    /// <summary>Bytes of the disk that pictures leave free: the log of every owner's runs needs it more.</summary>
    public const long LeftFree = 1L << 30;

    private const int LongestCaption = 200;
    private const int MostLabels = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 200;

    /// <summary>What can be said about a header without knowing the state of anything.</summary>
    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public static void Demand(ArtifactHeader header)
    {
        RunName.Parse("header.run", header.Run);
        ResourceId.Parse("header.artifact_id", header.ArtifactId);
        var violations = new Violations("header");
        violations.Range("interval", header.Interval, 0, int.MaxValue);
        violations.Range("size", header.Size, 1, LargestSize);
        violations.Length("caption", header.Caption, LongestCaption);
        if (header.MediaType != MediaType)
        {
            violations.Add("media_type", $"\"{header.MediaType[..Math.Min(header.MediaType.Length, 100)]}\"", MediaType);
        }

        if (header.Sha256.Length != SHA256.HashSizeInBytes)
        {
            violations.Add("sha256", $"{header.Sha256.Length} bytes long", $"{SHA256.HashSizeInBytes} bytes");
        }

        if (header.Labels.Count > MostLabels)
        {
            violations.Add("labels", $"{header.Labels.Count} entries long", $"at most {MostLabels} entries");
        }

        foreach (var (key, value) in header.Labels)
        {
            violations.Length("labels (key)", key, LongestKey);
            violations.Length("labels (value)", value, LongestValue);
        }

        Refusal.ThrowIfAny(violations.List);
    }

    /// <summary>The bytes are those of the header, and a picture and nothing else.</summary>
    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public static void Demand(ArtifactHeader header, byte[] data)
    {
        if (data.Length != header.Size)
        {
            throw Refusal.Invalid("data", $"{data.Length} bytes in all pieces", $"{header.Size} bytes, the header's size");
        }

        var sum = SHA256.HashData(data);
        if (!header.Sha256.Span.SequenceEqual(sum))
        {
            throw Refusal.Invalid(
                "header.sha256", Convert.ToHexStringLower(header.Sha256.Span), $"{Convert.ToHexStringLower(sum)}, the SHA-256 of what came: it was damaged on its way");
        }

        if (PngForm.WhatIsWrong(data) is { } wrong)
        {
            throw Refusal.Invalid("data", wrong, "a whole PNG file and nothing after it");
        }
    }

    /// <summary>The run has room for one more.</summary>
    /// <exception cref="RefusalException">RESOURCE_EXHAUSTED.</exception>
    public static void DemandRoom(RunName run, int count, long bytes, long more)
    {
        if (count >= MostOfARun || bytes + more > LargestRun)
        {
            throw Refusal.TooLarge(string.Create(
                CultureInfo.InvariantCulture, $"{run} has {count} pictures of {bytes} bytes; a run may have {MostOfARun} pictures of {LargestRun} bytes in all."));
        }
    }

    /// <summary>The disk has room for one more, and for what is more important than pictures.</summary>
    /// <exception cref="RefusalException">RESOURCE_EXHAUSTED.</exception>
    public static void DemandDisk(long free, long more)
    {
        if (free - more < LeftFree)
        {
            throw Refusal.TooLarge($"The service's disk has {free >> 20} MiB left; pictures are taken while they leave {LeftFree >> 20} MiB.");
        }
    }
}
