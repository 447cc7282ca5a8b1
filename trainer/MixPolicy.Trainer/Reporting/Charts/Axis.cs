using System.Globalization;

namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>A y axis: range, ticks and how numbers read.</summary>
/// <param name="Low">Lowest value shown; above 0 for a logarithmic axis.</param>
/// <param name="High">Highest value shown.</param>
/// <param name="Logarithmic">Equal distances are equal ratios.</param>
/// <param name="Format">Of the tick labels and tooltips.</param>
internal sealed record Axis(double Low, double High, bool Logarithmic, string Format)
{
    /// <summary>Distance of the ticks of a linear axis.</summary>
    public double TickStep { get; init; } = Step(High - Low);

    internal static Axis Around(IEnumerable<Series> series, string format, bool fromZero = false)
    {
        var values = series.SelectMany(s => s.Finite()).ToArray();
        if (values.Length == 0)
        {
            return new(0, 1, false, format);
        }

        var (low, high) = (fromZero ? Math.Min(0, values.Min()) : values.Min(), values.Max());
        if (high - low < 1e-9)
        {
            // One value: room of half its size on either side.
            var room = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - room, high + room);
        }

        // Counts have no ticks between them.
        var step = format == "0" ? Math.Max(1, Step(high - low)) : Step(high - low);
        return new(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, false, format) { TickStep = step };
    }

    /// <summary>Where a value stands, 0 at the bottom and 1 at the top.</summary>
    internal double Position(double value) => Math.Clamp(
        Logarithmic ? Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low) : (value - Low) / (High - Low), 0, 1);

    internal IEnumerable<double> Ticks()
    {
        if (Logarithmic)
        {
            return new[] { 1.0, 2, 5 }.SelectMany(m => Enumerable.Range(-6, 12).Select(e => m * Math.Pow(10, e))).Order().Where(t => t >= Low * 0.999 && t <= High * 1.001);
        }

        return Enumerable.Range(0, (int)Math.Floor(((High - Low) / TickStep) + 1e-6) + 1).Select(i => Low + (i * TickStep));
    }

    internal string Text(double value) => (Math.Abs(value) < 1e-12 ? 0 : value).ToString(Format, CultureInfo.InvariantCulture);

    // 1, 2 or 5 times a power of ten, about four of them.
    private static double Step(double range)
    {
        var rough = range / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
    }
}
