using MixPolicy.Trainer.Data.Shapes;

namespace MixPolicy.Trainer.Data;

/// <summary>Data sets by name.</summary>
public static class Datasets
{
    public static IReadOnlyList<string> Names { get; } = ["shapes", "cifar10", "cifar100"];

    /// <summary>Opens a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where its files are; not for <c>shapes</c>, which is generated.</param>
    /// <param name="trainLimit">≥ 1: only the first so many training images; for <c>shapes</c> as many as that are generated.</param>
    /// <param name="testLimit">The same for the test images.</param>
    /// <exception cref="DatasetException">There is no such data set, its folder is not named, a limit is not positive, or its files are not what they should be.</exception>
    public static Dataset Open(string name, string? folder, int? trainLimit, int? testLimit)
    {
        Positive("train limit", trainLimit);
        Positive("test limit", testLimit);
        return (name.ToLowerInvariant(), folder) switch
        {
            ("shapes", null) => ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, trainLimit ?? ShapesDefaults.TrainImages, testLimit ?? ShapesDefaults.TestImages),
            ("shapes", _) => throw new DatasetException($"the data set shapes is generated and has no folder; it was given {folder}"),
            ("cifar10" or "cifar100", null) => throw new DatasetException($"the data set {name} needs a folder: name the one of its binary version"),
            ("cifar10", _) => Cifar.Read10(folder, trainLimit, testLimit),
            ("cifar100", _) => Cifar.Read100(folder, trainLimit, testLimit),
            _ => throw new DatasetException($"there is no data set '{name}'; allowed: {string.Join(", ", Names)}"),
        };
    }

    private static void Positive(string what, int? limit)
    {
        if (limit < 1)
        {
            throw new DatasetException($"the {what} is {limit}; it must be 1 or more");
        }
    }
}
