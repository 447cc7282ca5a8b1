using MixPolicy.Trainer.Data;

namespace MixPolicy.Trainer.Reporting.Sheets;

/// <summary>A picture to draw on, white at first. What reaches beyond its edge is left out.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;

    internal Canvas(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * ImageSet.Channels];
        Array.Fill(_pixels, byte.MaxValue);
    }

    internal int Width { get; }

    internal int Height { get; }

    internal byte[] ToPng() => Png.Color(_pixels, Width, Height);

    internal void Rectangle(int left, int top, int width, int height, (byte R, byte G, byte B) color)
    {
        for (var y = Math.Max(top, 0); y < Math.Min(top + height, Height); y++)
        {
            for (var x = Math.Max(left, 0); x < Math.Min(left + width, Width); x++)
            {
                Set(x, y, color);
            }
        }
    }

    /// <summary>A square picture, every pixel scale·scale large.</summary>
    /// <param name="pixels">side·side pixels of red, green, blue.</param>
    internal void Picture(int left, int top, byte[] pixels, int side, int scale)
    {
        for (var at = 0; at < side * side; at++)
        {
            var color = (pixels[ImageSet.Channels * at], pixels[(ImageSet.Channels * at) + 1], pixels[(ImageSet.Channels * at) + 2]);
            Rectangle(left + (at % side * scale), top + (at / side * scale), scale, scale, color);
        }
    }

    internal void Text(int left, int top, string text, int scale, (byte R, byte G, byte B) color)
    {
        for (var letter = 0; letter < text.Length; letter++)
        {
            for (var dot = 0; dot < BitmapFont.Width * BitmapFont.Height; dot++)
            {
                var (column, row) = (dot % BitmapFont.Width, dot / BitmapFont.Width);
                if (BitmapFont.HasDot(text[letter], column, row))
                {
                    Rectangle(left + (((letter * BitmapFont.Advance) + column) * scale), top + (row * scale), scale, scale, color);
                }
            }
        }
    }

    private void Set(int x, int y, (byte R, byte G, byte B) color)
    {
        var at = ((y * Width) + x) * ImageSet.Channels;
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = color;
    }
}
