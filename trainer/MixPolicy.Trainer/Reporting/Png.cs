using MixPolicy.Trainer.Data;
using SkiaSharp;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Pixels as PNG files.</summary>
internal static class Png
{
    /// <param name="pixels">side·side pixels of red, green, blue, row by row.</param>
    internal static byte[] Color(byte[] pixels, int side) => Color(pixels, side, side);

    /// <param name="pixels">width·height pixels of red, green, blue, row by row.</param>
    internal static byte[] Color(byte[] pixels, int width, int height) => Encode(width, height, i => new(pixels[ImageSet.Channels * i], pixels[(ImageSet.Channels * i) + 1], pixels[(ImageSet.Channels * i) + 2]));

    /// <param name="values">side·side values in [0, 1], dark blue through red to light yellow.</param>
    internal static byte[] Heat(float[] values, int side) => Color(HeatPixels(values), side);

    /// <summary>The same as pixels of red, green, blue.</summary>
    internal static byte[] HeatPixels(float[] values) =>
    [
        .. values.Select(value => HeatOf(Math.Clamp(value, 0, 1))).SelectMany(color => new[] { color.Red, color.Green, color.Blue }),
    ];

    // Straight lines between a few points of matplotlib's inferno map.
    private static SKColor HeatOf(float value)
    {
        (byte R, byte G, byte B)[] stops = [(0, 0, 4), (66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164)];
        var at = value * (stops.Length - 1);
        var below = Math.Min((int)at, stops.Length - 2);
        var part = at - below;
        byte Between(byte a, byte b) => (byte)Math.Round(a + ((b - a) * part));
        var (low, high) = (stops[below], stops[below + 1]);
        return new(Between(low.R, high.R), Between(low.G, high.G), Between(low.B, high.B));
    }

    private static byte[] Encode(int width, int height, Func<int, SKColor> pixel)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. Enumerable.Range(0, width * height).Select(pixel)];
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
