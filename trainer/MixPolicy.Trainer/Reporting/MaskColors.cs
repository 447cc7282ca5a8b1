using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Masks in colour: each source has one, and a pixel of the mask is theirs by share.</summary>
internal static class MaskColors
{
    // Far apart in hue and lightness, for eyes of all kinds (Okabe and Ito 2008).
    private static readonly (byte R, byte G, byte B)[] Palette = [(0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0), (86, 180, 233)];

    /// <param name="source">Number of the source in <see cref="MixPicture.Sources"/>.</param>
    internal static (byte R, byte G, byte B) Of(int source) => Palette[source % Palette.Length];

    /// <summary>side·side pixels of red, green, blue.</summary>
    internal static byte[] Mask(MixPicture picture)
    {
        var pixels = new byte[picture.Side * picture.Side * ImageSet.Channels];
        for (var at = 0; at < picture.Side * picture.Side; at++)
        {
            var (red, green, blue) = (0f, 0f, 0f);
            for (var source = 0; source < picture.Sources.Count; source++)
            {
                var (share, color) = (picture.Sources[source].Share[at], Of(source));
                (red, green, blue) = (red + (share * color.R), green + (share * color.G), blue + (share * color.B));
            }

            (pixels[ImageSet.Channels * at], pixels[(ImageSet.Channels * at) + 1], pixels[(ImageSet.Channels * at) + 2]) = (Level(red), Level(green), Level(blue));
        }

        return pixels;
    }

    private static byte Level(float value) => (byte)Math.Clamp(MathF.Round(value), 0, 255);
}
