using MixPolicy.Torch.Randomness;

namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>Draws one image of the built-in data set.</summary>
internal static class ShapeImage
{
    // Small pieces of other outlines, in other colours: what a network must learn to leave alone.
    private const int Distractors = 2;
    private const double PixelNoise = 16;
    // Hues of neighbouring classes overlap: colour is a hint, the outline decides.
    private const double LargestHueShift = 0.12;
    private const int ColourCandidates = 4;

    // Radians to either side.
    private const double LargestTurn = 0.5;
    private const int SubPixels = 3;

    /// <returns>The box of the main outline's pixels.</returns>
    internal static PixelBox Draw(SplitMix64 random, int label, int side, Span<byte> planes)
    {
        var (first, second) = (Colour(random), Colour(random));
        var canvas = Texture(random, side, first, second);
        for (var d = 0; d < Distractors; d++)
        {
            var other = random.Below(Outlines.All.Count);
            Paint(canvas, side, new Placement(random, side, 0.08, 0.13), Outlines.All[other].Inside, Colour(random));
        }

        var box = Paint(canvas, side, new Placement(random, side, 0.24, 0.4), Outlines.All[label].Inside, OwnColour(random, label, first, second));
        for (var channel = 0; channel < ImageSet.Channels; channel++)
        {
            for (var at = 0; at < side * side; at++)
            {
                var noise = (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2 * PixelNoise;
                planes[(channel * side * side) + at] = (byte)Math.Clamp(canvas[channel][at] + noise, 0, 255);
            }
        }

        return box;
    }

    private static double[] Colour(SplitMix64 random) => [random.Between(20, 235), random.Between(20, 235), random.Between(20, 235)];

    /// <summary>A colour around the class's own hue: of a few drawn, the one that stands out most from both of the texture's colours.</summary>
    private static double[] OwnColour(SplitMix64 random, int label, double[] first, double[] second)
    {
        double[] best = [];
        var contrast = double.NegativeInfinity;
        for (var candidate = 0; candidate < ColourCandidates; candidate++)
        {
            var hue = ((double)label / Outlines.All.Count) + random.Between(-LargestHueShift, LargestHueShift);
            var colour = FromHue(hue, random.Between(0.5, 1), random.Between(110, 245));
            var least = Math.Min(Distance(colour, first), Distance(colour, second));
            (best, contrast) = least > contrast ? (colour, least) : (best, contrast);
        }

        return best;
    }

    /// <summary>Red, green and blue of a hue (1 is a full turn), a saturation in [0, 1] and a value in [0, 255].</summary>
    private static double[] FromHue(double hue, double saturation, double value) =>
        [.. new[] { 0, 2.0 / 3, 1.0 / 3 }.Select(shift =>
        {
            var turn = (hue + shift) * 6;
            var ramp = Math.Clamp(Math.Abs(turn - (6 * Math.Floor(turn / 6)) - 3) - 1, 0, 1);
            return value * (1 - (saturation * (1 - ramp)));
        })];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    /// <summary>A blend of two colours by value noise of three octaves.</summary>
    private static double[][] Texture(SplitMix64 random, int side, double[] first, double[] second)
    {
        var blend = new double[side * side];
        foreach (var (cells, weight) in new[] { (3, 0.5), (7, 0.3), (15, 0.2) })
        {
            var lattice = new double[(cells + 1) * (cells + 1)];
            for (var i = 0; i < lattice.Length; i++)
            {
                lattice[i] = random.NextDouble();
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
            var turn = random.Between(-LargestTurn, LargestTurn);
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
