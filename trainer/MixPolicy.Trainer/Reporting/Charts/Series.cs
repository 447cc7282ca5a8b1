namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">In the legend and the tooltips.</param>
/// <param name="Color">A CSS colour.</param>
/// <param name="Values">By position on the x axis; null or not finite leaves a gap.</param>
internal sealed record Series(string Name, string Color, IReadOnlyList<double?> Values)
{
    /// <summary>Half the height of a band around each value; null for none.</summary>
    public IReadOnlyList<double?>? Spread { get; init; }

    /// <summary>Dots without a line, for values that do not follow each other.</summary>
    public bool DotsOnly { get; init; }

    internal IEnumerable<double> Finite() => Values.Where(v => v is { } x && double.IsFinite(x)).Select(v => v!.Value);
}
