using MixPolicy.Testing;
using MixPolicy.Trainer.Data;

namespace MixPolicy.Trainer.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private const int ImageBytes = 3 * 32 * 32;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read10_OfTwoBatches_GivesImagesLabelsAndNames()
    {
        Write("data_batch_1.bin", Record(label: 3, pixel: 10), Record(label: 9, pixel: 20));
        Write("data_batch_2.bin", Record(label: 0, pixel: 30));
        Write("test_batch.bin", Record(label: 7, pixel: 40));
        File.WriteAllText(_folder["batches.meta.txt"], string.Join('\n', Enumerable.Range(0, 10).Select(i => $"name{i}")) + "\n\n");

        var data = Cifar.Read10(_folder.Path);

        (data.Train.Count, data.Test.Count, data.Train.Side).ShouldBe((3, 1, 32));
        Enumerable.Range(0, 3).Select(data.Train.Label).ShouldBe([3, 9, 0]);
        Enumerable.Range(0, 3).Select(i => (int)data.Train.Pixels(i)[100]).ShouldBe([10, 20, 30]);
        data.Classes[9].ShouldBe("name9");
        data.Normalisation.Mean[2].ShouldBe(113.9f);
    }

    [Fact]
    public void Read10_OfTheParentFolder_FindsTheDataSet()
    {
        var inner = Directory.CreateDirectory(_folder["cifar-10-batches-bin"]).FullName;
        File.WriteAllBytes(Path.Combine(inner, "data_batch_1.bin"), Record(label: 1, pixel: 5));
        File.WriteAllBytes(Path.Combine(inner, "test_batch.bin"), Record(label: 1, pixel: 5));

        Cifar.Read10(_folder.Path).Train.Count.ShouldBe(1);
    }

    [Fact]
    public void Read10_WithLimits_TakesTheFirstImages()
    {
        Write("data_batch_1.bin", Record(1, 1), Record(2, 2));
        Write("data_batch_2.bin", Record(3, 3), Record(4, 4));
        Write("test_batch.bin", Record(5, 5), Record(6, 6));

        var data = Cifar.Read10(_folder.Path, trainLimit: 3, testLimit: 1);

        Enumerable.Range(0, data.Train.Count).Select(data.Train.Label).ShouldBe([1, 2, 3]);
        data.Test.Count.ShouldBe(1);
    }

    [Fact]
    public void Read100_TakesTheFineLabel()
    {
        byte[] record = [7, 93, .. Enumerable.Repeat((byte)50, ImageBytes)];
        Write("train.bin", record, record);
        Write("test.bin", record);

        var data = Cifar.Read100(_folder.Path);

        data.Train.Label(1).ShouldBe(93);
        data.Train.Pixels(1).ToArray().ShouldAllBe(b => b == 50);
        data.Classes.Count.ShouldBe(100);
    }

    [Fact]
    public void Read10_OfAMissingFolder_NamesIt() => Refused(_folder["nowhere"], "nowhere", "no such folder");

    [Fact]
    public void Read10_WithoutTheTestBatch_NamesTheFile()
    {
        Write("data_batch_1.bin", Record(1, 1));

        Refused(_folder.Path, "test_batch.bin");
    }

    [Fact]
    public void Read10_WithoutTrainingBatches_SaysWhichMayBeThere()
    {
        Write("test_batch.bin", Record(1, 1));

        Refused(_folder.Path, "data_batch_1.bin to data_batch_5.bin");
        Write("data_batch_1.bin", Record(1, 1));
        Write("data_batch_3.bin", Record(1, 1));
        Refused(_folder.Path, "data_batch_2.bin", "no such file", "data_batch_3.bin is there");
    }

    [Fact]
    public void Read10_OfATruncatedBatch_GivesSizeAndRecord()
    {
        Write("data_batch_1.bin", Record(1, 1), Record(2, 2)[..^1]);
        Write("test_batch.bin", Record(1, 1));

        Refused(_folder.Path, "data_batch_1.bin", "6145 bytes", "3073", "cut short");
    }

    [Fact]
    public void Read10_OfAnEmptyBatch_IsRefused()
    {
        Write("data_batch_1.bin");
        Write("test_batch.bin", Record(1, 1));

        Refused(_folder.Path, "data_batch_1.bin", "0 bytes");
    }

    [Fact]
    public void Read10_OfALabelThatDoesNotExist_NamesImageAndRange()
    {
        Write("data_batch_1.bin", Record(1, 1), Record(10, 2));
        Write("test_batch.bin", Record(1, 1));

        Refused(_folder.Path, "image 1 has label 10", "0 to 9");
    }

    [Fact]
    public void Open_OfCifarWithoutAFolder_AsksForOne() =>
        Should.Throw<DatasetException>(() => Datasets.Open("cifar10", null, null, null)).Message.ShouldContain("needs a folder");

    [Fact]
    public void Open_OfAnUnknownDataSet_ListsThoseThereAre() =>
        Should.Throw<DatasetException>(() => Datasets.Open("mnist", null, null, null)).Message.ShouldContain("shapes, cifar10, cifar100");

    [Fact]
    public void Open_WithALimitOfZero_IsRefused() =>
        Should.Throw<DatasetException>(() => Datasets.Open("shapes", null, 0, null)).Message.ShouldContain("train limit is 0");

    public void Dispose() => _folder.Dispose();

    private static byte[] Record(byte label, byte pixel) => [label, .. Enumerable.Repeat(pixel, ImageBytes)];

    private static void Refused(string folder, params string[] words)
    {
        var message = Should.Throw<DatasetException>(() => Cifar.Read10(folder)).Message;
        foreach (var word in words)
        {
            message.ShouldContain(word);
        }
    }

    private void Write(string name, params byte[][] records) => File.WriteAllBytes(_folder[name], [.. records.SelectMany(r => r)]);
}
