namespace MixPolicy.Agent.Log;

/// <summary>A picture of a run. Its bytes are a file, named by its SHA-256: see <see cref="Artifacts.ArtifactFiles"/>.</summary>
public sealed record ArtifactRow
{
    public required string AgentId { get; init; }

    public required string RunId { get; init; }

    /// <summary>The {artifact} of its name.</summary>
    public required string Id { get; init; }

    public required int Interval { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Size { get; init; }

    /// <summary>Of the file, in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The <see cref="V1.Artifact"/>.</summary>
    public required byte[] Message { get; init; }
}
