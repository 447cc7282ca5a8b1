namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>Draws one image of the built-in data set.</summary>
internal static class ShapeImage
{
    // Small pieces of other outlines, in other colours: what a network must learn to leave alone.
    private const int Distractors = 3;
    private const double PixelNoise = 28;
    private const int SubPixels = 3;

    /// <returns>The box of the main outline's pixels.</returns>
    internal static PixelBox Draw(SplitMix64 random, int label, int side, Span<byte> planes)
    {
        var canvas = Texture(random, side);
        for (var d = 0; d < Distractors; d++)
        {
            var other = random.Below(Outlines.All.Count);
            Paint(canvas, side, new Placement(random, side, 0.08, 0.13), Outlines.All[other].Inside, Colour(random));
        }

        var box = Paint(canvas, side, new Placement(random, side, 0.2, 0.34), Outlines.All[label].Inside, Colour(random));
        for (var channel = 0; channel < ImageSet.Channels; channel++)
        {
            for (var at = 0; at < side * side; at++)
            {
                var noise = (random.Unit() + random.Unit() + random.Unit() - 1.5) * 2 * PixelNoise;
                planes[(channel * side * side) + at] = (byte)Math.Clamp(canvas[channel][at] + noise, 0, 255);
            }
        }

        return box;
    }

    private static double[] Colour(SplitMix64 random) => [random.Between(20, 235), random.Between(20, 235), random.Between(20, 235)];

    /// <summary>A blend of two colours by value noise of three octaves.</summary>
    private static double[][] Texture(SplitMix64 random, int side)
    {
        var (first, second) = (Colour(random), Colour(random));
        var blend = new double[side * side];
        foreach (var (cells, weight) in new[] { (3, 0.5), (7, 0.3), (15, 0.2) })
        {
            var lattice = new double[(cells + 1) * (cells + 1)];
            for (var i = 0; i < lattice.Length; i++)
            {
                lattice[i] = random.Unit();
            }

            for (var at = 0; at < blend.Length; at++)
            {
                var (y, x) = ((double)(at / side) / side * cells, (double)(at % side) / side * cells);
                var (row, column) = ((int)y, (int)x);
                var corner = (row * (cells + 1)) + column;
                var top = double.Lerp(lattice[corner], lattice[corner + 1], x - column);
                var bottom = double.Lerp(lattice[corner + cells + 1], lattice[corner + cells + 2], x - column);
                blend[at] += weight * double.Lerp(top, bottom, y - row);
            }
        }

        return [.. Enumerable.Range(0, ImageSet.Channels).Select(c => blend.Select(b => double.Lerp(first[c], second[c], b)).ToArray())];
    }

    private static PixelBox Paint(double[][] canvas, int side, Placement placement, Func<double, double, bool> inside, double[] colour)
    {
        var (left, top, right, bottom) = (side, side, 0, 0);
        var reach = placement.Reach(side);
        for (var row = reach.Top; row < reach.Bottom; row++)
        {
            for (var column = reach.Left; column < reach.Right; column++)
            {
                var cover = Cover(placement, inside, row, column);
                if (cover >= 0.5)
                {
                    (left, top, right, bottom) = (Math.Min(left, column), Math.Min(top, row), Math.Max(right, column + 1), Math.Max(bottom, row + 1));
                }

                for (var channel = 0; channel < ImageSet.Channels && cover > 0; channel++)
                {
                    ref var value = ref canvas[channel][(row * side) + column];
                    value = double.Lerp(value, colour[channel], cover);
                }
            }
        }

        return new(left, top, right, bottom);
    }

    /// <summary>The part of a pixel that lies inside, from a grid of sub-pixels.</summary>
    private static double Cover(Placement placement, Func<double, double, bool> inside, int row, int column)
    {
        var hits = 0;
        for (var s = 0; s < SubPixels * SubPixels; s++)
        {
            var (x, y) = placement.Local(column + (((s % SubPixels) + 0.5) / SubPixels), row + (((s / SubPixels) + 0.5) / SubPixels));
            hits += Math.Max(Math.Abs(x), Math.Abs(y)) <= 1.1 && inside(x, y) ? 1 : 0;
        }

        return (double)hits / (SubPixels * SubPixels);
    }

    /// <summary>Where an outline lies: centre, half-width and turn.</summary>
    private sealed class Placement
    {
        private readonly double _half;
        private readonly double _x;
        private readonly double _y;
        private readonly double _cos;
        private readonly double _sin;

        /// <param name="smallest">Half-width as a part of the image's side.</param>
        internal Placement(SplitMix64 random, int side, double smallest, double largest)
        {
            _half = random.Between(smallest, largest) * side;
            (_x, _y) = (random.Between(_half, side - _half), random.Between(_half, side - _half));
            var turn = random.Between(-Math.PI, Math.PI);
            (_cos, _sin) = (Math.Cos(turn) / _half, Math.Sin(turn) / _half);
        }

        /// <summary>The pixels that the outline can touch: its square of half-width 1.1, however it is turned.</summary>
        internal PixelBox Reach(int side)
        {
            var radius = 1.1 * Math.Sqrt(2) * _half;
            return new(
                Math.Max(0, (int)(_x - radius)), Math.Max(0, (int)(_y - radius)), Math.Min(side, (int)(_x + radius) + 1), Math.Min(side, (int)(_y + radius) + 1));
        }

        internal (double X, double Y) Local(double x, double y) =>
            (((x - _x) * _cos) + ((y - _y) * _sin), ((y - _y) * _cos) - ((x - _x) * _sin));
    }
}
