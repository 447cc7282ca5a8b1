using System.Globalization;
using System.Text;

namespace MixPolicy.Trainer.Reporting;

/// <summary>A sheet of mixed pictures: the sources, what was salient in them, the masks, the result and its label.</summary>
internal static class PictureSection
{
    internal static string Of(IReadOnlyList<MixedPictures> sheets)
    {
        var cards = sheets.Select(sheet => HtmlReport.Card($"{sheet.Method}", $"<p>{HtmlReport.Encode(sheet.Setting)}</p>", $"<div class=\"sheet\">{string.Concat(sheet.Examples.Select(Example))}</div>"));
        return sheets.Count == 0
            ? ""
            : $"""
                <h2>What was mixed</h2>
                <p>Training images, mixed as in the last epoch of each method, with the trained network's saliency. Bright saliency: the loss depends on these pixels. Bright mask: salient at the drawn percentile. Share: how much of each pixel is the image's own.</p>
                {string.Concat(cards)}
                """;
    }

    private static string Example(MixedPicture picture)
    {
        var row = new StringBuilder("<div class=\"mix\">");
        Source(row, picture.Own);
        if (picture.Partner is { } partner)
        {
            row.Append("<span class=\"op\">+</span>");
            Source(row, partner);
        }

        row.Append("<span class=\"op\">→</span>");
        if (picture.Share is { } share)
        {
            Figure(row, "share", share);
        }

        Figure(row, "mixed", picture.Result, "result");
        row.Append("<div class=\"labels\">");
        foreach (var (name, weight) in picture.Labels)
        {
            row.Append(CultureInfo.InvariantCulture, $"<div><span>{HtmlReport.Encode(name)}</span><span class=\"bar\"><i style=\"width:{weight * 100:0.#}%\"></i></span><em>{weight:0.00}</em></div>");
        }

        return row.Append("</div></div>").ToString();
    }

    private static void Source(StringBuilder row, SourcePicture source)
    {
        Figure(row, source.Name, source.Image);
        if (source.Saliency is { } saliency)
        {
            Figure(row, "saliency", saliency);
        }

        if (source.Mask is { } mask)
        {
            Figure(row, "mask", mask);
        }
    }

    private static void Figure(StringBuilder row, string caption, byte[] png, string kind = "") => row.Append(
        CultureInfo.InvariantCulture,
        $"<figure class=\"{kind}\"><figcaption>{HtmlReport.Encode(caption)}</figcaption><img alt=\"{HtmlReport.Encode(caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\"></figure>");
}
