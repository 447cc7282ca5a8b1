using System.Globalization;

namespace MixPolicy.Agent.Dashboard.Shown;

/// <summary>How numbers and times are written for people, in the invariant culture.</summary>
internal static class Figures
{
    /// <summary>What is written where there is no value.</summary>
    public const string None = "–";

    public static string Percent(double? fraction) => fraction is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0} %") : None;

    /// <summary>Four significant digits, and an exponent where the number is very small or large.</summary>
    public static string Number(double? number) => number switch
    {
        null or double.NaN => None,
        0 => "0",
        { } value when Math.Abs(value) is >= 1e-3 and < 1e6 => Trimmed(value),
        { } value => value.ToString("0.###e0", CultureInfo.InvariantCulture),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>By the unit of a metric.</summary>
    public static string In(string unit, double? value) => unit == "fraction" ? Percent(value) : Number(value);

    /// <summary>The service does not know the reader's time zone, and a relative time would age on the screen.</summary>
    public static string Time(DateTimeOffset time, DateTimeOffset now)
    {
        var utc = time.UtcDateTime;
        var form = utc.Date == now.UtcDateTime.Date ? "HH:mm:ss 'UTC'" : "d MMM yyyy, HH:mm 'UTC'";
        return utc.ToString(form, CultureInfo.InvariantCulture);
    }

    private static string Trimmed(double value)
    {
        var decimals = Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        var text = value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
