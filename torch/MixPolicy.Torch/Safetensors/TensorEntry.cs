using System.Text.Json;

namespace MixPolicy.Torch.Safetensors;

/// <summary>Makes the error that names the file and the tensor.</summary>
internal delegate SafetensorsException Refusal(string why, Exception? inner);

/// <summary>One tensor as the header describes it.</summary>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal sealed record TensorEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End)
{
    /// <summary>Reads the description of one tensor; whether it lies inside the file is the header's to check.</summary>
    public static TensorEntry Parse(string name, JsonElement value, Refusal refuse)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw refuse($"it is a JSON {value.ValueKind}, not an object", null);
        }

        JsonElement? dtype = null, shape = null, offsets = null;
        foreach (var property in value.EnumerateObject())
        {
            ref var target = ref dtype;
            switch (property.Name)
            {
                case "dtype":
                    break;
                case "shape":
                    target = ref shape;
                    break;
                case "data_offsets":
                    target = ref offsets;
                    break;
                default:
                    throw refuse($"unknown field '{HostileText.Shorten(property.Name)}', allowed are dtype, shape, data_offsets", null);
            }

            if (target is not null)
            {
                throw refuse($"the field '{property.Name}' appears twice", null);
            }

            target = property.Value;
        }

        var type = TypeOf(dtype ?? throw refuse("the field 'dtype' is missing", null), refuse);
        var dimensions = Integers("shape", shape, SafetensorsLimits.Dimensions, refuse);
        var range = Integers("data_offsets", offsets, 2, refuse);
        if (range.Length != 2 || range[0] > range[1])
        {
            throw refuse($"data_offsets is [{string.Join(", ", range)}], not a begin and an end that is not before it", null);
        }

        var (begin, end) = (range[0], range[1]);
        var bytes = ByteCount(type, dimensions, refuse);
        if (bytes != end - begin)
        {
            throw refuse($"shape [{string.Join(", ", dimensions)}] of {type.Name} takes {bytes} bytes, data_offsets give it {end - begin}", null);
        }

        return new(name, type, dimensions, begin, end);
    }

    private static SafetensorsType TypeOf(JsonElement dtype, Refusal refuse)
    {
        var said = dtype.ValueKind == JsonValueKind.String ? dtype.GetString()! : dtype.ValueKind.ToString();
        return SafetensorsType.All.FirstOrDefault(type => type.Name == said)
            ?? throw refuse($"dtype is '{HostileText.Shorten(said)}', allowed are {SafetensorsType.Names}", null);
    }

    private static long[] Integers(string field, JsonElement? value, int atMost, Refusal refuse)
    {
        if (value is not { ValueKind: JsonValueKind.Array } array)
        {
            throw refuse($"the field '{field}' is missing or is not an array", null);
        }

        if (array.GetArrayLength() > atMost)
        {
            throw refuse($"{field} has {array.GetArrayLength()} numbers, allowed are {atMost}", null);
        }

        var numbers = new long[array.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                throw refuse($"{field}[{i}] is {HostileText.Shorten(array[i].GetRawText())}, not an integer from 0 to 2^63 - 1", null);
            }
        }

        return numbers;
    }

    private static long ByteCount(SafetensorsType type, long[] shape, Refusal refuse)
    {
        // Zeros count as ones here: libtorch multiplies the sizes of an empty tensor too, for its strides.
        long bytes = type.Bytes;
        try
        {
            foreach (var size in shape)
            {
                bytes = checked(bytes * Math.Max(size, 1));
            }
        }
        catch (OverflowException e)
        {
            throw refuse($"the product of shape [{string.Join(", ", shape)}] overflows", e);
        }

        if (shape.Contains(0))
        {
            return 0;
        }

        return bytes <= SafetensorsLimits.TensorBytes
            ? bytes
            : throw refuse($"it takes {bytes} bytes, TorchSharp reads at most {SafetensorsLimits.TensorBytes} a tensor", null);
    }
}
