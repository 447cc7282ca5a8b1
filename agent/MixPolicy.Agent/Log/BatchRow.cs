using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Agent.Log;

/// <summary>What was decided for one batch, and what it earned. The observation is not kept.</summary>
public sealed record BatchRow
{
    public required string AgentId { get; init; }

    public required string RunId { get; init; }

    /// <summary>Numbered through the run, from 0.</summary>
    public required long Batch { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>One an image.</summary>
    public required byte[] Bins { get; init; }

    /// <summary>Unspecified where only thresholds are chosen.</summary>
    public Method Method { get; init; }

    /// <summary>Policy updates before it.</summary>
    public long PolicyVersion { get; init; }

    public double LogProbability { get; init; }

    public double Value { get; init; }

    /// <summary>float32, little-endian: one, or one an image. Null until known.</summary>
    public byte[]? Rewards { get; init; }

    /// <summary>An episode ended with it. Null until the reward is known.</summary>
    public bool? Last { get; init; }

    /// <summary>The decision, the same bytes whenever it is asked for.</summary>
    /// <param name="binCount">That of the agent's spec.</param>
    public BatchDecision ToMessage(int binCount) => new()
    {
        Batch = Batch,
        Bins = UnsafeByteOperations.UnsafeWrap(Bins),
        BinCount = binCount,
        Method = Method,
        PolicyVersion = PolicyVersion,
        LogProbability = (float)LogProbability,
        Value = (float)Value,
    };
}
