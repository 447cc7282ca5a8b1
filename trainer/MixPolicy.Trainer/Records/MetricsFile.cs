using System.Text.Json;

namespace MixPolicy.Trainer.Records;

/// <summary><c>metrics.jsonl</c>: one line an epoch, each epoch once.</summary>
internal static class MetricsFile
{
    /// <summary>
    /// Writes all lines anew. An epoch's reward comes one decision later, and a resume may repeat an epoch: so a line is not final when it is first written.
    /// </summary>
    internal static void Write(string path, IEnumerable<EpochMetrics> epochs) =>
        AtomicFile.Write(path, string.Concat(epochs.Select(epoch => JsonSerializer.Serialize(epoch, Json.Line) + "\n")));
}
