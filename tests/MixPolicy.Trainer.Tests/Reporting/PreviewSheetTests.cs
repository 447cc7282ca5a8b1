using MixPolicy.Trainer.Reporting;
using MixPolicy.Trainer.Reporting.Sheets;
using MixPolicy.Trainer.Training;
using SkiaSharp;

namespace MixPolicy.Trainer.Tests.Reporting;

public sealed class PreviewSheetTests
{
    private static readonly MixSource Source = new([.. Enumerable.Repeat((byte)10, 12)], [0, 1, 0, 1], [0.5f, 0.5f, 0.5f, 0.5f]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Draw_AnyNumberOfSources_FitsThePicture(int sources)
    {
        var picture = new MixPicture(2, [.. Enumerable.Repeat(Source, sources)], Source.Image, [new("a class of a long name é", 1)]);
        using var bitmap = SKBitmap.Decode(PreviewSheet.Draw("title", [new("one", "lambda", [picture, picture, picture])]));

        bitmap.Width.ShouldBe(1480);
        bitmap.Pixels.ShouldContain(new SKColor(10, 10, 10));
        Enumerable.Range(0, bitmap.Height).ShouldAllBe(y => bitmap.GetPixel(bitmap.Width - 1, y) == SKColors.White);
        Enumerable.Range(0, bitmap.Width).ShouldAllBe(x => bitmap.GetPixel(x, bitmap.Height - 1) == SKColors.White);
    }

    [Fact]
    public void Mask_IsTheSourcesColoursByShare()
    {
        var (one, two) = (MaskColors.Of(0), MaskColors.Of(1));
        var picture = new MixPicture(
            2,
            [Source with { Share = [1, 0, 0.5f, 1] }, Source with { Share = [0, 1, 0.5f, 0] }],
            Source.Image,
            []);

        var mask = MaskColors.Mask(picture);

        mask[..3].ShouldBe([one.R, one.G, one.B]);
        mask[3..6].ShouldBe([two.R, two.G, two.B]);
        mask[6].ShouldBe((byte)((one.R + two.R) / 2));
    }

    [Fact]
    public void Text_DrawsTheDotsOfItsLetters()
    {
        var canvas = new Canvas(12, 8);
        canvas.Text(0, 0, "LT", 1, (0, 0, 0));
        using var bitmap = SKBitmap.Decode(canvas.ToPng());
        string[] rows = [.. Enumerable.Range(0, 8).Select(y => string.Concat(Enumerable.Range(0, 12).Select(x => bitmap.GetPixel(x, y) == SKColors.Black ? '#' : '.')))];

        rows.ShouldBe(["#.....#####.", "#.......#...", "#.......#...", "#.......#...", "#.......#...", "#.......#...", "#####...#...", "............"]);
    }
}
