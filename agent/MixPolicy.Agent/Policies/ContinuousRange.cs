using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>The range of a continuous head, which policies move over as the unit interval.</summary>
/// <param name="Low">Lowest value, below <paramref name="High"/>; above 0 on a logarithmic scale.</param>
/// <param name="High">Highest value.</param>
/// <param name="LogScale">Equal steps of the unit interval are equal ratios of the value.</param>
public sealed record ContinuousRange(double Low, double High, bool LogScale)
{
    /// <summary>The value at <paramref name="unit"/> in [0, 1].</summary>
    public double FromUnit(double unit) =>
        Math.Clamp(LogScale ? Low * Math.Exp(unit * Math.Log(High / Low)) : Low + (unit * (High - Low)), Low, High);

    /// <summary>Where <paramref name="value"/> lies, cut to [0, 1].</summary>
    public double ToUnit(double value) => LogScale
        ? Math.Log(Math.Clamp(value, Low, High) / Low) / Math.Log(High / Low)
        : (Math.Clamp(value, Low, High) - Low) / (High - Low);

    /// <summary>log |du/dv| at <paramref name="value"/>: added to a log density over the unit interval, it gives the one over the value.</summary>
    public double LogUnitPerValue(double value) => -(LogScale ? Math.Log(value * Math.Log(High / Low)) : Math.Log(High - Low));

    /// <summary>A Beta distribution stretched to this range, for the wire.</summary>
    public Distribution.Types.BoundedBeta Beta(double alpha, double beta) => new() { Alpha = alpha, Beta = beta, Low = Low, High = High, LogScale = LogScale };
}
