using MixPolicy.Trainer.Data;
using SkiaSharp;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Pixels as PNG files.</summary>
internal static class Png
{
    /// <param name="pixels">side·side pixels of red, green, blue, row by row.</param>
    internal static byte[] Color(byte[] pixels, int side) => Encode(side, i => new(pixels[ImageSet.Channels * i], pixels[(ImageSet.Channels * i) + 1], pixels[(ImageSet.Channels * i) + 2]));

    /// <param name="values">side·side values in [0, 1], black to white.</param>
    internal static byte[] Grey(float[] values, int side) => Encode(side, i =>
    {
        var level = (byte)Math.Round(255 * Math.Clamp(values[i], 0, 1));
        return new(level, level, level);
    });

    /// <param name="values">side·side values in [0, 1], dark blue through red to light yellow.</param>
    internal static byte[] Heat(float[] values, int side) => Encode(side, i => HeatOf(Math.Clamp(values[i], 0, 1)));

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

    private static byte[] Encode(int side, Func<int, SKColor> pixel)
    {
        using var bitmap = new SKBitmap(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. Enumerable.Range(0, side * side).Select(pixel)];
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
