using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>
/// A regular grid of rows×cols cells over an H×W image: pixel (y, x) lies in cell (⌊y·rows/H⌋, ⌊x·cols/W⌋), which is nearest-neighbour enlargement.
/// Where the grid does not divide the image, cells differ by one pixel row or column.
/// </summary>
internal static class CellGrid
{
    /// <summary>N×rows×cols to N×H×W.</summary>
    public static Tensor Enlarge(Tensor cells, int height, int width)
    {
        using var scope = NewDisposeScope();
        var tall = cells.index_select(1, tensor(CellOfPixel((int)cells.shape[1], height), device: cells.device));
        return tall.index_select(2, tensor(CellOfPixel((int)cells.shape[2], width), device: cells.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over an H×W image of a quantity that is constant in each cell: N×rows×cols to N.</summary>
    public static Tensor ImageMean(Tensor cells, int height, int width)
    {
        var (rows, cols) = ((int)cells.shape[1], (int)cells.shape[2]);
        if (height % rows == 0 && width % cols == 0)
        {
            return cells.mean([1, 2]);
        }

        using var scope = NewDisposeScope();
        var area = tensor(PixelsOfCell(rows, height), [rows, 1], device: cells.device) * tensor(PixelsOfCell(cols, width), [1, cols], device: cells.device);
        return ((cells * area).sum([1, 2]) / (height * width)).MoveToOuterDisposeScope();
    }

    /// <summary>The same as numbers, one an image.</summary>
    public static double[] ImageMeans(Tensor cells, int height, int width)
    {
        using var scope = NewDisposeScope();
        return ImageMean(cells, height, width).cpu().to(float64).data<double>().ToArray();
    }

    public static long[] CellOfPixel(int cells, int pixels)
    {
        var map = new long[pixels];
        for (var i = 0; i < pixels; i++)
        {
            map[i] = (long)i * cells / pixels;
        }

        return map;
    }

    private static float[] PixelsOfCell(int cells, int pixels)
    {
        var count = new float[cells];
        foreach (var cell in CellOfPixel(cells, pixels))
        {
            count[cell]++;
        }

        return count;
    }
}
