namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>The ten outlines, each a test whether a point of the square [−1, 1]² lies inside; y points down.</summary>
internal static class Outlines
{
    internal static IReadOnlyList<(string Name, Func<double, double, bool> Inside)> All { get; } =
    [
        ("circle", (x, y) => (x * x) + (y * y) <= 0.81),
        ("square", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.75),
        ("triangle", (x, y) => y <= 0.7 && y >= (2.0 * Math.Abs(x)) - 1.0),
        ("diamond", (x, y) => (1.5 * Math.Abs(x)) + Math.Abs(y) <= 1),
        ("star", (x, y) => Math.Sqrt((x * x) + (y * y)) <= StarRadius(Math.Atan2(x, -y))),
        ("cross", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.9 && Math.Min(Math.Abs(x), Math.Abs(y)) <= 0.3),
        ("ring", (x, y) => ((x * x) + (y * y)) is <= 0.81 and >= 0.25),
        ("heart", (x, y) => Heart(1.25 * x, -1.25 * y)),
        ("crescent", (x, y) => (x * x) + (y * y) <= 0.81 && ((x - 0.4) * (x - 0.4)) + (y * y) > 0.5),
        ("arrow", (x, y) => (x is >= -0.9 and <= 0.1 && Math.Abs(y) <= 0.28) || (x is > 0.1 and <= 0.95 && Math.Abs(y) <= 0.85 * (0.95 - x))),
    ];

    // Five points: the radius falls linearly from a point to the notch beside it.
    private static double StarRadius(double angle)
    {
        const double Sector = 2 * Math.PI / 5;
        var fromPoint = Math.Abs(angle - (Sector * Math.Round(angle / Sector))) / (Sector / 2);
        return 1 - (0.6 * fromPoint);
    }

    // (x² + y² − 1)³ ≤ x²·y³
    private static bool Heart(double x, double y)
    {
        var disc = (x * x) + (y * y) - 1;
        return disc * disc * disc <= x * x * y * y * y;
    }
}
