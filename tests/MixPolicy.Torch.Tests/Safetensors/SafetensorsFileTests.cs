using System.Buffers.Binary;
using System.Text;
using MixPolicy.Testing;
using MixPolicy.Torch.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ScalarType> Types =>
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16,
        ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Write_EveryType_ReadsBackTheSameBytes(ScalarType type)
    {
        using var generator = new Generator(7);
        var tensor = (rand([3, 5], generator: generator) * 100).to(type);

        var read = RoundTrip(new() { ["weight"] = tensor }).Tensors["weight"];

        read.dtype.ShouldBe(type);
        read.shape.ShouldBe([3, 5]);
        read.bytes.SequenceEqual(tensor.bytes).ShouldBeTrue();
    }

    [Fact]
    public void Write_ScalarEmptyNotContiguousAndSpecialValues_ReadBackAsTheyWere()
    {
        var matrix = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        var special = tensor(new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon });

        var read = RoundTrip(new() { ["scalar"] = tensor(3.5), ["empty"] = empty([0, 4]), ["transposed"] = matrix.t(), ["special"] = special }).Tensors;

        read["scalar"].shape.ShouldBeEmpty();
        read["scalar"].item<double>().ShouldBe(3.5);
        read["empty"].shape.ShouldBe([0, 4]);
        read["transposed"].data<float>().ToArray().ShouldBe([0, 3, 1, 4, 2, 5]);
        read["special"].bytes.SequenceEqual(special.bytes).ShouldBeTrue();
    }

    [Fact]
    public void Write_GradientAndMetadata_KeepsValuesAndText()
    {
        var parameter = ones(2).requires_grad_();
        var path = _folder["a.safetensors"];

        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["p"] = parameter }, new Dictionary<string, string> { ["näme"] = "wert \" \n 値" });
        var read = SafetensorsFile.Read(path);

        read.Metadata.ShouldBe(new Dictionary<string, string> { ["näme"] = "wert \" \n 値" });
        read.Tensors["p"].requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Write_NoTensors_ReadsBackEmpty() => RoundTrip([]).Tensors.ShouldBeEmpty();

    [Fact]
    public void Write_AnyFile_FollowsTheFormatToTheByte()
    {
        var path = _folder["format.safetensors"];
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["b"] = tensor(new byte[] { 7 }), ["a"] = tensor(new[] { 1f, 2f }) });

        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);

        (length % 8).ShouldBe(0);
        header.TrimEnd(' ').ShouldBe("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""");
        bytes[(8 + length)..].ShouldBe([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 7]);
    }

    [Fact]
    public void Read_FileOfTheReferenceImplementation_GivesItsTensors()
    {
        // What the reference implementation's save({"x": [[1.5, -2.0]] as float32, "n": [3] as int64}, metadata={"by": "python"}) lays out.
        const string Header = """{"__metadata__":{"by":"python"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}""";
        byte[] data = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0];

        var read = SafetensorsFile.Read(new MemoryStream(HostileSafetensors.File(Header, data)), "python.safetensors");

        read.Metadata["by"].ShouldBe("python");
        read.Tensors["n"].item<long>().ShouldBe(3);
        read.Tensors["x"].data<float>().ToArray().ShouldBe([1.5f, -2f]);
    }

    [Fact]
    public void Write_TypeTheFormatLacks_NamesTheTensor()
    {
        var write = () => SafetensorsFile.Write(_folder["c.safetensors"], new Dictionary<string, Tensor> { ["spectrum"] = zeros(2, ScalarType.ComplexFloat32) });

        write.ShouldThrow<SafetensorsException>().Message.ShouldContain("tensor 'spectrum': its type is ComplexFloat32, allowed are F64");
    }

    [Theory]
    [InlineData("")]
    [InlineData("__metadata__")]
    public void Write_NameThatIsNotAllowed_IsRefused(string name) =>
        Should.Throw<SafetensorsException>(() => RoundTrip(new() { [name] = ones(1) })).Message.ShouldContain("a name has 1 to 1024 characters");

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private SafetensorsContent RoundTrip(Dictionary<string, Tensor> tensors)
    {
        var path = _folder[$"{Guid.NewGuid():N}.safetensors"];
        SafetensorsFile.Write(path, tensors);
        return SafetensorsFile.Read(path);
    }
}
