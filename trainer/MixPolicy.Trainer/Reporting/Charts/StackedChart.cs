using System.Globalization;

namespace MixPolicy.Trainer.Reporting.Charts;

/// <summary>Shares of a whole by epoch, one upon the other.</summary>
internal static class StackedChart
{
    internal static string Draw(string description, IReadOnlyList<Series> shares, string xName, double width, double height)
    {
        var positions = shares.Max(s => s.Values.Count);
        var frame = new Frame(positions, width, height, description);
        var axis = new Axis(0, 1, false, "0%");
        for (var k = 0; k < positions; k++)
        {
            var low = 0.0;
            foreach (var share in shares)
            {
                if (k < share.Values.Count && share.Values[k] is > 0 and var part)
                {
                    frame.Rect(k, k + 1, low, low + part, $"class=\"share\" fill=\"{share.Color}\"", string.Create(CultureInfo.InvariantCulture, $"{share.Name}, {xName} {k}: {part:0.0%}"));
                    low += part;
                }
            }
        }

        frame.YAxis(axis);
        frame.XAxis(xName);
        return frame.Close();
    }
}
