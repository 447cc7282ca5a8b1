namespace MixPolicy.Mixup.Methods;

/// <summary>A box of pixels: rows [Top, Bottom), columns [Left, Right).</summary>
internal readonly record struct CutBox(int Top, int Bottom, int Left, int Right)
{
    public int Height => Bottom - Top;

    public int Width => Right - Left;

    /// <summary>The share of an H×W image that the box leaves, in [0, 1]: λ corrected for the clipped box.</summary>
    public double Lambda(int height, int width) => 1 - ((double)(Height * Width) / (height * width));

    /// <summary>
    /// CutMix's box (Yun et al. 2019, equation 2): sides of √(1 − λ) times the image's, rounded down, around a pixel, clipped to the image.
    /// </summary>
    public static CutBox Around(int height, int width, double lambda, int centreY, int centreX)
    {
        var ratio = Math.Sqrt(1 - lambda);
        var (halfHeight, halfWidth) = ((int)(height * ratio) / 2, (int)(width * ratio) / 2);
        return new(
            Math.Clamp(centreY - halfHeight, 0, height), Math.Clamp(centreY + halfHeight, 0, height),
            Math.Clamp(centreX - halfWidth, 0, width), Math.Clamp(centreX + halfWidth, 0, width));
    }

    /// <summary>The box of PuzzleMix's CutMix: the same around a real-valued point, whose clipped corners are rounded down, so that odd sides occur.</summary>
    public static CutBox AroundPoint(int height, int width, double lambda, double centreY, double centreX)
    {
        var ratio = Math.Sqrt(1 - lambda);
        var (halfHeight, halfWidth) = (height * ratio / 2, width * ratio / 2);
        return new(
            (int)Math.Clamp(centreY - halfHeight, 0, height), (int)Math.Clamp(centreY + halfHeight, 0, height),
            (int)Math.Clamp(centreX - halfWidth, 0, width), (int)Math.Clamp(centreX + halfWidth, 0, width));
    }
}
