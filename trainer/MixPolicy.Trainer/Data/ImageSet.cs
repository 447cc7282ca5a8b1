namespace MixPolicy.Trainer.Data;

/// <summary>The part of an image that an object covers, in pixels: columns [Left, Right), rows [Top, Bottom).</summary>
public readonly record struct PixelBox(int Left, int Top, int Right, int Bottom);

/// <summary>
/// Labelled images of one size, a byte a channel value. Subsets share the pixels. Immutable.
/// </summary>
public sealed class ImageSet
{
    /// <summary>Red, green, blue.</summary>
    public const int Channels = 3;

    private readonly byte[] _pixels;
    private readonly int[] _labels;
    private readonly PixelBox[]? _boxes;
    private readonly int[] _rows;

    /// <param name="pixels">count·3·side·side bytes: per image the red, green and blue plane, each row-major.</param>
    /// <param name="labels">One class index an image, in [0, K).</param>
    /// <param name="side">Height and width in pixels.</param>
    /// <param name="boxes">The true box of every image's object, where known.</param>
    public ImageSet(byte[] pixels, int[] labels, int side, PixelBox[]? boxes = null)
        : this(pixels, labels, side, boxes, [.. Enumerable.Range(0, labels.Length)])
    {
        if (pixels.Length != labels.Length * Channels * side * side)
        {
            throw new ArgumentException($"{pixels.Length} bytes are not {labels.Length} images of {Channels}×{side}×{side}", nameof(pixels));
        }
    }

    private ImageSet(byte[] pixels, int[] labels, int side, PixelBox[]? boxes, int[] rows) =>
        (_pixels, _labels, Side, _boxes, _rows) = (pixels, labels, side, boxes, rows);

    public int Count => _rows.Length;

    /// <summary>Height and width in pixels.</summary>
    public int Side { get; }

    /// <summary>Bytes an image, 3·side·side.</summary>
    public int ImageBytes => Channels * Side * Side;

    /// <summary>The class of image <paramref name="index"/>, in [0, K).</summary>
    public int Label(int index) => _labels[_rows[index]];

    /// <summary>The planes of image <paramref name="index"/>, red, green, blue.</summary>
    public ReadOnlySpan<byte> Pixels(int index) => _pixels.AsSpan(_rows[index] * ImageBytes, ImageBytes);

    /// <summary>The true box of image <paramref name="index"/>'s object; null where the data set has none.</summary>
    public PixelBox? Box(int index) => _boxes?[_rows[index]];

    /// <summary>The images at those indices, in that order.</summary>
    public ImageSet Subset(IReadOnlyList<int> indices) => new(_pixels, _labels, Side, _boxes, [.. indices.Select(i => _rows[i])]);
}
