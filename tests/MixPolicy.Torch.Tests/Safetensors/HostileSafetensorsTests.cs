using System.Text;
using MixPolicy.Torch.Safetensors;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Tests.Safetensors;

/// <summary>Files that are cut short, damaged or made to do harm: each is refused with the file and the field named, and nothing leaks.</summary>
public sealed class HostileSafetensorsTests
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [Theory]
    [InlineData("""{"a":{"dtype":"U16","shape":[1],"data_offsets":[0,2]}}""", 2, "tensor 'a': dtype is 'U16', allowed are F64")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,2]}}""", 2, "tensor 'a': dtype is 'Number'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,2]}}""", 2, "tensor 'a': the field 'dtype' is missing")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "tensor 'a': the field 'shape' is missing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "tensor 'a': the field 'data_offsets' is missing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"code":"x"}}""", 4, "tensor 'a': unknown field 'code'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': the field 'dtype' appears twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape[0] is -1, not an integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape[0] is 1.5, not an integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape[0] is \"1\", not an integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape[0] is 99999999999999999999")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "tensor 'a': the product of shape [4611686018427387904, 4] overflows")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "tensor 'a': the product of shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4294967296]}}""", 4, "tensor 'a': it takes 4294967296 bytes, TorchSharp reads at most")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'a': shape [2] of F32 takes 8 bytes, data_offsets give it 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "tensor 'a': data_offsets is [4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "tensor 'a': data_offsets has 3 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "tensor 'a': data_offsets is [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "tensor 'b': it begins at byte 2 of the data, expected is 4: tensors must not overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensors must not overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a': it begins at byte 4 of the data, expected is 0: tensors must leave no hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "data: the tensors cover 4 bytes, the file has 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "tensor 'a': it ends at byte 8 of the data, the file has 7: the file is cut short")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", -1, "tensor 'a': a BOOL is neither 0 nor 1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a': the name appears twice")]
    [InlineData("""{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor '': the name has 0 characters")]
    [InlineData("""{"a":3}""", 0, "tensor 'a': it is a JSON Number, not an object")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__: it is a JSON Array, not an object of strings")]
    [InlineData("""{"__metadata__":{"n":1}}""", 0, "__metadata__.n: it is a JSON Number, not a string")]
    [InlineData("""{"__metadata__":{"n":"1","n":"2"}}""", 0, "__metadata__.n: the key appears twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "tensor '__metadata__': the name appears twice")]
    [InlineData("""[]""", 0, "header: it does not begin with '{'")]
    [InlineData(""" {}""", 0, "header: it does not begin with '{'")]
    [InlineData("", 0, "header: it does not begin with '{'")]
    [InlineData("""{"a":""", 0, "header: it is not valid JSON")]
    [InlineData("""{} {}""", 0, "header: it is not valid JSON")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":1}}}}}""", 0, "header: it is not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header: it holds text that is not valid Unicode")]
    [InlineData("""{"a\u0007\u001b[31m":3}""", 0, "tensor 'a??[31m'")]
    public void Read_HeaderThatLies_NamesTheFileAndTheField(string header, int dataBytes, string expected)
    {
        byte[] data = dataBytes < 0 ? [2] : new byte[dataBytes];

        Refusal(HostileSafetensors.File(header, data)).ShouldStartWith("hostile.safetensors: ");
        Refusal(HostileSafetensors.File(header, data)).ShouldContain(expected);
    }

    [Fact]
    public void Read_EveryTruncationOfAGoodFile_IsRefused()
    {
        var whole = HostileSafetensors.File(Good, new byte[8]);
        for (var length = 0; length < whole.Length; length++)
        {
            Refusal(whole[..length]).ShouldContain("cut short", customMessage: $"{length} bytes");
        }
    }

    [Fact]
    public void Read_EveryFlippedBitOfTheHeader_GivesTensorsOrARefusalAndNothingElse()
    {
        var whole = HostileSafetensors.File(Good, new byte[8]);
        for (var bit = 0; bit < (whole.Length - 8) * 8; bit++)
        {
            var changed = whole.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            using var scope = NewDisposeScope();
            try
            {
                SafetensorsFile.Read(new MemoryStream(changed), "flipped").Tensors.Count.ShouldBeLessThanOrEqualTo(1);
            }
            catch (SafetensorsException e)
            {
                e.Message.ShouldStartWith("flipped: ");
            }
        }
    }

    [Fact]
    public void Read_HeaderLengthOfTerabytes_IsRefusedWithoutAllocatingIt() =>
        Refusal([0, 0, 0, 0, 0, 1, 0, 0, .. "{}"u8]).ShouldContain("header length: 1099511627776 bytes, allowed are 16777216");

    [Fact]
    public void Read_HeaderLengthPast63Bits_IsRefused() =>
        Refusal([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. "{}"u8]).ShouldContain("header length: 18446744073709551615 bytes");

    [Fact]
    public void Read_HeaderThatIsNotUtf8_IsRefused() =>
        Refusal(HostileSafetensors.File([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [])).ShouldContain("header: ");

    [Fact]
    public void Read_NameLongerThanAllowed_IsRefusedWithAShortMessage()
    {
        var message = Refusal(HostileSafetensors.File($"{{\"{new string('n', 5000)}\":3}}"));

        message.ShouldContain("the name has 5000 characters, allowed are 1 to 1024");
        message.Length.ShouldBeLessThan(300);
    }

    [Fact]
    public void Read_MoreTensorsThanAllowed_IsRefused()
    {
        var header = new StringBuilder("{");
        header.AppendJoin(',', Enumerable.Range(0, 65_537).Select(i => $"\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")).Append('}');

        Refusal(HostileSafetensors.File(header.ToString())).ShouldContain("header: more than 65536 tensors");
    }

    [Fact]
    public void Read_ShapeOfTooManyDimensions_IsRefused() =>
        Refusal(HostileSafetensors.File(Good.Replace("[2]", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]", StringComparison.Ordinal), new byte[8]))
            .ShouldContain("tensor 'a': shape has 65 numbers, allowed are 64");

    [Fact]
    public void Read_RefusalAfterTensorsWereMade_LeavesNoneAlive()
    {
        const string Header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]}}""";
        using var scope = NewDisposeScope();

        Refusal(HostileSafetensors.File(Header, 0, 0, 0, 0, 0, 0, 0, 0, 9)).ShouldContain("a BOOL is neither 0 nor 1");

        scope.DisposablesCount.ShouldBe(0);
    }

    private static string Refusal(byte[] file) =>
        Should.Throw<SafetensorsException>(() => SafetensorsFile.Read(new MemoryStream(file), "hostile.safetensors")).Message;
}
