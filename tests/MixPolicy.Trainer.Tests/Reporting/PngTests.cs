using MixPolicy.Trainer.Reporting;
using SkiaSharp;

namespace MixPolicy.Trainer.Tests.Reporting;

public sealed class PngTests
{
    [Fact]
    public void Color_RoundTrip_KeepsPixels()
    {
        byte[] pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
        using var bitmap = SKBitmap.Decode(Png.Color(pixels, 2));
        bitmap.Pixels.ShouldBe([new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(10, 20, 30)]);
    }

    [Fact]
    public void Heat_FromEndToEnd_IsDarkToLight()
    {
        using var bitmap = SKBitmap.Decode(Png.Heat([0, 1, float.NaN, -1], 2));
        bitmap.Pixels[0].ShouldBe(new(0, 0, 4));
        bitmap.Pixels[1].ShouldBe(new(252, 255, 164));
    }
}
