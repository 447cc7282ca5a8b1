using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace MixPolicy.Cli.Output;

/// <summary>Times as people read them.</summary>
internal static class Ago
{
    public static string Of(Timestamp? time, DateTimeOffset now)
    {
        if (time is null)
        {
            return "";
        }

        var past = now - time.ToDateTimeOffset();
        return past < TimeSpan.FromSeconds(1) ? "now"
            : past < TimeSpan.FromMinutes(1) ? Whole(past.TotalSeconds, "s")
            : past < TimeSpan.FromHours(1) ? Whole(past.TotalMinutes, "min")
            : past < TimeSpan.FromDays(2) ? Whole(past.TotalHours, "h")
            : Whole(past.TotalDays, "d");
    }

    private static string Whole(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(count):0} {unit} ago");
}
