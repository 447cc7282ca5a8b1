namespace MixPolicy.Trainer.Records;

/// <summary>A quantity of the batches of an epoch, thinned for a chart: means of segments of equal length.</summary>
/// <param name="Segment">Batches a segment; the last may have fewer.</param>
/// <param name="Means">Of each segment's batches that have the quantity; null where none has.</param>
public sealed record BatchCurve(int Segment, IReadOnlyList<float?> Means)
{
    /// <summary>Segments of an epoch, at most.</summary>
    public const int MostSegments = 25;

    /// <param name="batches">One a batch, in order; null where it has none.</param>
    internal static BatchCurve Of(IReadOnlyList<float?> batches)
    {
        var segment = Math.Max(1, (batches.Count + MostSegments - 1) / MostSegments);
        return new(segment, [.. batches.Chunk(segment).Select(some => some.Average())]);
    }
}
