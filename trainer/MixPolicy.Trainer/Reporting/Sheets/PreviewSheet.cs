using System.Globalization;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Reporting.Sheets;

/// <summary>What one method made of a few images.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Setting">What it was mixed by, in ASCII.</param>
internal sealed record PreviewBlock(string Method, string Setting, IReadOnlyList<MixPicture> Pictures);

/// <summary>
/// One picture of all methods: for every output its sources, each over its saliency and in the colour it has in the mask, then the mask over the result, and
/// the label's weights.
/// </summary>
internal static class PreviewSheet
{
    private const int Width = 1480;
    private const int Margin = 24;
    private const int Tile = 128;
    private const int Gap = 12;
    private const int Caption = 14;
    private const int LabelLine = 18;
    private const int LabelsShown = 3;
    private const int SourcesShown = 4;
    private const int NameLetters = 11;
    private const int ResultWidth = Tile + 64;
    private const int OutputHeight = (2 * (Caption + Tile)) + Gap + (LabelsShown * LabelLine) + (2 * Gap);
    private const int TitleHeight = 44;

    // Less would read as 0.00.
    private const double LeastWeight = 0.005;

    private static readonly (byte R, byte G, byte B) Ink = (27, 35, 48);
    private static readonly (byte R, byte G, byte B) Soft = (92, 104, 120);
    private static readonly (byte R, byte G, byte B) Rule = (210, 215, 222);

    internal static byte[] Draw(string title, IReadOnlyList<PreviewBlock> blocks)
    {
        var places = blocks.Select(Flow).ToArray();
        var heights = places.Select(p => TitleHeight + ((p[^1].Row + 1) * OutputHeight)).ToArray();
        var canvas = new Canvas(Width, (2 * Margin) + TitleHeight + heights.Sum());
        canvas.Text(Margin, Margin, title, 2, Soft);
        var top = Margin + TitleHeight;
        for (var i = 0; i < blocks.Count; i++)
        {
            canvas.Rectangle(Margin, top - Gap, Width - (2 * Margin), 1, Rule);
            canvas.Text(Margin, top, blocks[i].Method, 3, Ink);
            canvas.Text(Margin + ((blocks[i].Method.Length + 1) * 3 * BitmapFont.Advance), top + 7, blocks[i].Setting, 2, Soft);
            for (var p = 0; p < places[i].Length; p++)
            {
                Output(canvas, places[i][p].Left, top + TitleHeight + (places[i][p].Row * OutputHeight), blocks[i].Pictures[p]);
            }

            top += heights[i];
        }

        return canvas.ToPng();
    }

    /// <summary>Outputs from left to right, row after row.</summary>
    private static (int Row, int Left)[] Flow(PreviewBlock block)
    {
        var (row, left) = (0, Margin);
        return [.. block.Pictures.Select(picture =>
        {
            var width = (Math.Min(picture.Sources.Count, SourcesShown) * (Tile + Gap)) + ResultWidth;
            (row, left) = left + width > Width - Margin ? (row + 1, Margin) : (row, left);
            var place = (row, left);
            left += width;
            return place;
        })];
    }

    private static void Output(Canvas canvas, int left, int top, MixPicture picture)
    {
        var below = top + Caption + Tile + Gap;
        var sources = picture.Sources.Take(SourcesShown).ToArray();
        for (var source = 0; source < sources.Length; source++)
        {
            var at = left + (source * (Tile + Gap));
            canvas.Rectangle(at - 4, top + Caption - 4, Tile + 8, Tile + 8, MaskColors.Of(source));
            Captioned(canvas, at, top, $"source {source + 1} of {picture.Sources.Count}", sources[source].Image, picture.Side);
            Captioned(canvas, at, below, "its saliency", Png.HeatPixels(sources[source].Saliency), picture.Side);
        }

        var right = left + (sources.Length * (Tile + Gap));
        Captioned(canvas, right, top, "mask", MaskColors.Mask(picture), picture.Side);
        Captioned(canvas, right, below, picture.Place is { } place ? $"result (mixed at place {place})" : "result", picture.Mixed, picture.Side);
        var line = below + Caption + Tile + 6;
        foreach (var label in picture.Labels.Where(l => l.Weight >= LeastWeight).Take(LabelsShown))
        {
            var name = label.Class.Length > NameLetters ? label.Class[..NameLetters] : label.Class;
            canvas.Text(right, line, string.Create(CultureInfo.InvariantCulture, $"{name} {label.Weight:0.00}"), 2, Ink);
            line += LabelLine;
        }
    }

    private static void Captioned(Canvas canvas, int left, int top, string caption, byte[] pixels, int side)
    {
        canvas.Text(left, top, caption, 1, Soft);
        canvas.Picture(left, top + Caption, pixels, side, Math.Max(1, Tile / side));
    }
}
