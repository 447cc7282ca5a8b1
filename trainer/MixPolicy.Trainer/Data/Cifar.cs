namespace MixPolicy.Trainer.Data;

/// <summary>
/// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one label byte (CIFAR-100: a coarse and a fine one) and
/// 3,072 bytes, the red, green and blue plane of a 32×32 image.
/// </summary>
public static class Cifar
{
    private const int Side = 32;
    private const int ImageBytes = ImageSet.Channels * Side * Side;

    /// <summary>Reads CIFAR-10 from its folder or a parent that holds <c>cifar-10-batches-bin</c>. The last ones of the five training batches may be missing, for a smaller set; there is no gap.</summary>
    /// <exception cref="DatasetException">A folder or file is missing, cut short, not made of whole records, or has a label that does not exist.</exception>
    public static Dataset Read10(string folder, int? trainLimit = null, int? testLimit = null)
    {
        var root = Locate(folder, "cifar-10-batches-bin", "test_batch.bin");
        string[] all = [.. Enumerable.Range(1, 5).Select(i => Path.Combine(root, $"data_batch_{i}.bin"))];
        string[] batches = [.. all.TakeWhile(File.Exists)];
        if (all.LastOrDefault(File.Exists) is not { } last)
        {
            throw new DatasetException($"{root}: there is no training batch; at least data_batch_1.bin of data_batch_1.bin to data_batch_5.bin must be there");
        }

        if (last != batches.LastOrDefault())
        {
            throw new DatasetException($"{all[batches.Length]}: there is no such file, but {Path.GetFileName(last)} is there; only the last batches may be missing");
        }

        var classes = Names(Path.Combine(root, "batches.meta.txt"), 10);
        return new("cifar10", Read(batches, 0, 10, trainLimit), Read([Path.Combine(root, "test_batch.bin")], 0, 10, testLimit), classes, Normalisation.Cifar10);
    }

    /// <summary>Reads CIFAR-100 from its folder or a parent that holds <c>cifar-100-binary</c>; the label is the fine one.</summary>
    /// <inheritdoc cref="Read10" path="/exception"/>
    public static Dataset Read100(string folder, int? trainLimit = null, int? testLimit = null)
    {
        var root = Locate(folder, "cifar-100-binary", "test.bin");
        var train = Read([Path.Combine(root, "train.bin")], 1, 100, trainLimit);
        var test = Read([Path.Combine(root, "test.bin")], 1, 100, testLimit);
        return new("cifar100", train, test, Names(Path.Combine(root, "fine_label_names.txt"), 100), Normalisation.Cifar100);
    }

    private static string Locate(string folder, string inner, string mark)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: there is no such folder; name the folder {inner} or the one that holds it");
        }

        string[] candidates = [folder, Path.Combine(folder, inner)];
        return candidates.FirstOrDefault(c => File.Exists(Path.Combine(c, mark)))
            ?? throw new DatasetException($"{folder}: neither it nor {inner} inside it has {mark}; name the folder of the binary version of the data set");
    }

    /// <param name="labelAt">Which of the label bytes at the head of a record counts; the image follows it.</param>
    private static ImageSet Read(string[] files, int labelAt, int classes, int? limit)
    {
        var record = labelAt + 1 + ImageBytes;
        var counts = files.Select(f => Records(f, record)).ToArray();
        var total = (int)Math.Min(counts.Sum(), limit ?? long.MaxValue);
        var pixels = new byte[(long)total * ImageBytes];
        var labels = new int[total];
        var image = 0;
        var head = new byte[labelAt + 1];
        for (var f = 0; f < files.Length && image < total; f++)
        {
            using var stream = new FileStream(files[f], FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            for (long r = 0; r < counts[f] && image < total; r++, image++)
            {
                stream.ReadExactly(head);
                stream.ReadExactly(pixels.AsSpan(image * ImageBytes, ImageBytes));
                labels[image] = head[labelAt] < classes
                    ? head[labelAt]
                    : throw new DatasetException($"{files[f]}: image {r} has label {head[labelAt]}; allowed: 0 to {classes - 1}. Is it another data set?");
            }
        }

        return new(pixels, labels, Side);
    }

    private static long Records(string file, int record)
    {
        var info = new FileInfo(file);
        if (!info.Exists)
        {
            throw new DatasetException($"{file}: there is no such file");
        }

        return info.Length > 0 && info.Length % record == 0
            ? info.Length / record
            : throw new DatasetException(
                $"{file}: its size is {info.Length} bytes, which is not a positive multiple of {record}, the size of a record: it is cut short or not the binary version");
    }

    private static string[] Names(string file, int classes)
    {
        if (!File.Exists(file))
        {
            return [.. Enumerable.Range(0, classes).Select(i => $"class {i}")];
        }

        string[] names = [.. File.ReadLines(file).Select(l => l.Trim()).Where(l => l.Length > 0)];
        return names.Length == classes ? names : throw new DatasetException($"{file}: it names {names.Length} classes; {classes} are expected");
    }
}
