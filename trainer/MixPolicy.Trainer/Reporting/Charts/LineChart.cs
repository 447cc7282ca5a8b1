using System.Globalization;
using System.Net;

namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>Values by epoch as lines with dots.</summary>
internal static class LineChart
{
    private const double Width = 520;
    private const double Height = 210;

    /// <param name="bands">Drawn thinly along the top: what was done in each epoch. Empty for none.</param>
    internal static string Draw(string description, IReadOnlyList<Series> series, Axis axis, string xName, IReadOnlyList<Band>? bands = null, double width = Width, double height = Height)
    {
        var frame = new Frame(series.Max(s => s.Values.Count), width, height, description);
        frame.YAxis(axis);
        frame.XAxis(xName);
        foreach (var band in bands ?? [])
        {
            frame.Rect(band.From, band.To, 0, 1, $"class=\"wash\" fill=\"{band.Color}\"", band.Tooltip);
        }

        foreach (var one in series)
        {
            Spread(frame, one, axis);
            Line(frame, one, axis);
            Dots(frame, one, axis, xName);
        }

        return frame.Close();
    }

    private static void Spread(Frame frame, Series series, Axis axis)
    {
        for (var k = 0; k < series.Spread?.Count; k++)
        {
            if (series.Values[k] is { } value && series.Spread[k] is { } half)
            {
                frame.Rect(
                    k + 0.12, k + 0.88, axis.Position(value - half), axis.Position(value + half), $"class=\"spread\" fill=\"{series.Color}\"",
                    string.Create(CultureInfo.InvariantCulture, $"epoch {k}: {axis.Text(Math.Max(0, value - half))} to {axis.Text(Math.Min(axis.High, value + half))}"));
            }
        }
    }

    private static void Line(Frame frame, Series series, Axis axis)
    {
        if (series.DotsOnly)
        {
            return;
        }

        var open = false;
        var path = new System.Text.StringBuilder();
        for (var k = 0; k < series.Values.Count; k++)
        {
            if (series.Values[k] is { } value && double.IsFinite(value))
            {
                path.Append(CultureInfo.InvariantCulture, $"{(open ? 'L' : 'M')}{frame.X(k + 0.5):0.##} {frame.Y(axis.Position(value)):0.##}");
                open = true;
            }
            else
            {
                open = false;
            }
        }

        frame.Add($"<path class=\"line\" stroke=\"{series.Color}\" d=\"{path}\"/>");
    }

    private static void Dots(Frame frame, Series series, Axis axis, string xName)
    {
        var radius = (series.Values.Count > 60 ? 1.6 : 2.8) * (series.DotsOnly ? 1.5 : 1);
        for (var k = 0; k < series.Values.Count; k++)
        {
            if (series.Values[k] is { } value && double.IsFinite(value))
            {
                frame.Add($"<circle class=\"dot\" fill=\"{series.Color}\" r=\"{radius}\" cx=\"{frame.X(k + 0.5):0.##}\" cy=\"{frame.Y(axis.Position(value)):0.##}\"><title>{WebUtility.HtmlEncode(series.Name)}, {xName} {k}: {axis.Text(value)}</title></circle>");
            }
        }
    }
}

/// <param name="From">First position.</param>
/// <param name="To">Position after the last.</param>
internal sealed record Band(int From, int To, string Color, string Tooltip);
