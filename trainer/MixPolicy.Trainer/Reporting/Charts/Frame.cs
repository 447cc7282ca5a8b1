using System.Globalization;
using System.Net;
using System.Text;

namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>
/// The canvas of a chart over positions 0, 1, …: position k fills [k, k + 1] of the x axis and its values stand in the middle, so that bands and
/// points of all charts line up.
/// </summary>
internal sealed class Frame
{
    private const double Left = 46;
    private const double Right = 10;
    private const double Top = 8;
    private const double Bottom = 24;

    private readonly StringBuilder _svg = new();
    private readonly double _width;
    private readonly double _height;

    internal Frame(int positions, double width, double height, string description)
    {
        Positions = Math.Max(1, positions);
        (_width, _height) = (width, height);
        Add($"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(description)}\">");
    }

    internal int Positions { get; }

    internal double X(double position) => Left + ((_width - Left - Right) * position / Positions);

    internal double Y(double fraction) => _height - Bottom - ((_height - Top - Bottom) * fraction);

    internal void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));

    internal void YAxis(Axis axis)
    {
        foreach (var tick in axis.Ticks())
        {
            var y = Y(axis.Position(tick));
            Add($"<line class=\"grid\" x1=\"{X(0):0.##}\" x2=\"{X(Positions):0.##}\" y1=\"{y:0.##}\" y2=\"{y:0.##}\"/>");
            Add($"<text class=\"tick\" x=\"{X(0) - 6:0.##}\" y=\"{y + 3.5:0.##}\" text-anchor=\"end\">{axis.Text(tick)}</text>");
        }
    }

    /// <summary>Whole numbers under the positions, at most about twelve.</summary>
    internal void XAxis(string name)
    {
        var every = new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 }.FirstOrDefault(step => Positions / step <= 12, 10_000);
        for (var k = 0; k < Positions; k += every)
        {
            Add($"<text class=\"tick\" x=\"{X(k + 0.5):0.##}\" y=\"{_height - Bottom + 15:0.##}\" text-anchor=\"middle\">{k}</text>");
        }

        Add($"<text class=\"axis\" x=\"{X(0) - 6:0.##}\" y=\"{_height - Bottom + 15:0.##}\" text-anchor=\"end\">{WebUtility.HtmlEncode(name)}</text>");
    }

    internal void Rect(double from, double to, double low, double high, string attributes, string tooltip) => Add(
        $"<rect x=\"{X(from):0.##}\" width=\"{X(to) - X(from):0.##}\" y=\"{Y(high):0.##}\" height=\"{Y(low) - Y(high):0.##}\" {attributes}><title>{WebUtility.HtmlEncode(tooltip)}</title></rect>");

    internal string Close()
    {
        Add($"</svg>");
        return _svg.ToString();
    }
}
