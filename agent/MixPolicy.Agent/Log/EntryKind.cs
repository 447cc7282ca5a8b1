namespace MixPolicy.Agent.Log;

/// <summary>What a line of the log tells. The numbers are in databases: they never change.</summary>
public enum EntryKind
{
    /// <summary>A run began; the payload is its <see cref="V1.RunSpec"/>.</summary>
    Started = 1,

    /// <summary>An interval was decided; the payload is the <see cref="V1.Decision"/>.</summary>
    Decided = 2,

    /// <summary>An interval was reported; the payload is the <see cref="V1.Report"/>.</summary>
    Reported = 3,

    /// <summary>The report before, or the end before, led to an update; the payload is the <see cref="V1.PolicyUpdate"/>.</summary>
    Updated = 4,

    /// <summary>The run ended; no payload.</summary>
    Finished = 5,
}
