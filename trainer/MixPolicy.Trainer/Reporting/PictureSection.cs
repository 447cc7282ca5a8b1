using System.Globalization;
using System.Text;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Reporting;

/// <summary>A sheet of mixed pictures: the sources, what was salient, each pixel's share, the result and its label.</summary>
internal static class PictureSection
{
    // Less would read as 0.00.
    private const double LeastWeight = 0.005;

    internal static string Of(IReadOnlyList<MixedPictures> sheets)
    {
        var cards = sheets.Select(sheet => HtmlReport.Card(
            sheet.Setting, "", $"<div class=\"sheet\">{string.Concat(sheet.Examples.Select(e => Example(e, sheet.BySaliency)))}</div>"));
        return sheets.Count == 0
            ? ""
            : $"""
                <h2>What was mixed</h2>
                <p>Training images, mixed as in the last epoch of each method, with the saliency of the best network: bright where the loss depends on the pixel most. The mask shows in the sources' colours whose pixels they are.</p>
                {string.Concat(cards)}
                """;
    }

    private static string Example(MixPicture picture, bool bySaliency)
    {
        var side = picture.Side;
        var row = new StringBuilder("<div class=\"mix\">");
        for (var source = 0; source < picture.Sources.Count; source++)
        {
            var (red, green, blue) = MaskColors.Of(source);
            Figure(row, picture.Sources.Count == 1 ? "image" : $"source {source + 1}", Png.Color(picture.Sources[source].Image, side), $"#{red:x2}{green:x2}{blue:x2}");
            if (bySaliency)
            {
                Figure(row, "saliency", Png.Heat(picture.Sources[source].Saliency, side));
            }
        }

        Figure(row, "mask", Png.Color(MaskColors.Mask(picture), side));
        Figure(row, "mixed", Png.Color(picture.Mixed, side));
        row.Append("<div class=\"labels\">");
        foreach (var label in picture.Labels.Where(l => l.Weight >= LeastWeight))
        {
            row.Append(CultureInfo.InvariantCulture, $"<div><span>{HtmlReport.Encode(label.Class)}</span><span class=\"bar\"><i style=\"width:{label.Weight * 100:0.#}%\"></i></span><em>{label.Weight:0.00}</em></div>");
        }

        return row.Append("</div></div>").ToString();
    }

    private static void Figure(StringBuilder row, string caption, byte[] png, string? color = null) => row.Append(
        CultureInfo.InvariantCulture,
        $"<figure><figcaption{(color is null ? "" : $" style=\"border-bottom:3px solid {color}\"")}>{HtmlReport.Encode(caption)}</figcaption><img alt=\"{HtmlReport.Encode(caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\"></figure>");
}
