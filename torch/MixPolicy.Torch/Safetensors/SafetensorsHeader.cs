using System.Text.Json;

namespace MixPolicy.Torch.Safetensors;

/// <summary>One tensor as the header describes it.</summary>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal sealed record TensorEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End);

/// <summary>
/// The checked header of a safetensors file: every tensor lies inside the file, none overlap, and together they cover it without holes,
/// as the format demands (https://github.com/huggingface/safetensors, "Format").
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly List<TensorEntry> _tensors = [];
    private readonly Dictionary<string, string> _metadata = [];

    private SafetensorsHeader(string file) => _file = file;

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <param name="file">Named in errors.</param>
    /// <param name="json">The header, padding included.</param>
    /// <param name="dataBytes">Bytes that follow the header.</param>
    /// <exception cref="SafetensorsException">Something in it is not as the format demands.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataBytes)
    {
        var header = new SafetensorsHeader(file);
        try
        {
            // The format says that the header begins with '{': leading spaces, which JSON would allow, are refused.
            if (json.Length == 0 || json.Span[0] != (byte)'{')
            {
                throw header.Refuse("header", "it does not begin with '{'");
            }

            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            header.ReadEntries(document.RootElement);
        }
        catch (JsonException e)
        {
            throw header.Refuse("header", $"it is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Utf8 text that ends in half a surrogate pair passes the parser and fails when it is made a string.
            throw header.Refuse("header", "it holds text that is not valid Unicode", e);
        }

        header.CheckCover(dataBytes);
        return header;
    }

    private void ReadEntries(JsonElement root)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            var name = property.Name;
            if (!names.Add(name))
            {
                throw Refuse(Field(name), "the name appears twice");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(property.Value);
                continue;
            }

            if (name.Length is 0 or > SafetensorsLimits.NameLength)
            {
                throw Refuse(Field(name), $"the name has {name.Length} characters, allowed are 1 to {SafetensorsLimits.NameLength}");
            }

            if (_tensors.Count == SafetensorsLimits.Tensors)
            {
                throw Refuse("header", $"more than {SafetensorsLimits.Tensors} tensors");
            }

            _tensors.Add(ReadTensor(name, property.Value));
        }
    }

    private void ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(MetadataKey, $"it is a JSON {value.ValueKind}, not an object of strings");
        }

        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw Refuse($"{MetadataKey}.{Shorten(property.Name)}", $"it is a JSON {property.Value.ValueKind}, not a string");
            }

            if (!_metadata.TryAdd(property.Name, property.Value.GetString()!))
            {
                throw Refuse($"{MetadataKey}.{Shorten(property.Name)}", "the key appears twice");
            }
        }
    }

    private TensorEntry ReadTensor(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(Field(name), $"it is a JSON {value.ValueKind}, not an object");
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
                    throw Refuse(Field(name), $"unknown field '{Shorten(property.Name)}', allowed are dtype, shape, data_offsets");
            }

            if (target is not null)
            {
                throw Refuse(Field(name), $"the field '{property.Name}' appears twice");
            }

            target = property.Value;
        }

        var type = Type(name, dtype ?? throw Refuse(Field(name), "the field 'dtype' is missing"));
        var dimensions = Integers(name, "shape", shape, SafetensorsLimits.Dimensions);
        var range = Integers(name, "data_offsets", offsets, 2);
        if (range.Length != 2 || range[0] > range[1])
        {
            throw Refuse(Field(name), $"data_offsets is [{string.Join(", ", range)}], not a begin and an end that is not before it");
        }

        var (begin, end) = (range[0], range[1]);
        var bytes = ByteCount(name, type, dimensions);
        if (bytes != end - begin)
        {
            throw Refuse(Field(name), $"shape [{string.Join(", ", dimensions)}] of {type.Name} takes {bytes} bytes, data_offsets give it {end - begin}");
        }

        return new(name, type, dimensions, begin, end);
    }

    private SafetensorsType Type(string name, JsonElement dtype)
    {
        var said = dtype.ValueKind == JsonValueKind.String ? dtype.GetString()! : dtype.ValueKind.ToString();
        return SafetensorsType.All.FirstOrDefault(type => type.Name == said)
            ?? throw Refuse(Field(name), $"dtype is '{Shorten(said)}', allowed are {SafetensorsType.Names}");
    }

    private long[] Integers(string name, string field, JsonElement? value, int atMost)
    {
        if (value is not { ValueKind: JsonValueKind.Array } array)
        {
            throw Refuse(Field(name), $"the field '{field}' is missing or is not an array");
        }

        if (array.GetArrayLength() > atMost)
        {
            throw Refuse(Field(name), $"{field} has {array.GetArrayLength()} numbers, allowed are {atMost}");
        }

        var numbers = new long[array.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                throw Refuse(Field(name), $"{field}[{i}] is {Shorten(array[i].GetRawText())}, not an integer from 0 to 2^63 - 1");
            }
        }

        return numbers;
    }

    private long ByteCount(string name, SafetensorsType type, long[] shape)
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
            throw Refuse(Field(name), $"the product of shape [{string.Join(", ", shape)}] overflows", e);
        }

        if (shape.Contains(0))
        {
            return 0;
        }

        return bytes <= SafetensorsLimits.TensorBytes
            ? bytes
            : throw Refuse(Field(name), $"it takes {bytes} bytes, TorchSharp reads at most {SafetensorsLimits.TensorBytes} a tensor");
    }

    private void CheckCover(long dataBytes)
    {
        _tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long covered = 0;
        foreach (var tensor in _tensors)
        {
            if (tensor.End > dataBytes)
            {
                throw Refuse(Field(tensor.Name), $"it ends at byte {tensor.End} of the data, the file has {dataBytes}: the file is cut short or damaged");
            }

            if (tensor.Begin != covered)
            {
                throw Refuse(Field(tensor.Name), $"it begins at byte {tensor.Begin} of the data, expected is {covered}: tensors must {(tensor.Begin < covered ? "not overlap" : "leave no hole")}");
            }

            covered = tensor.End;
        }

        if (covered != dataBytes)
        {
            throw Refuse("data", $"the tensors cover {covered} bytes, the file has {dataBytes}");
        }
    }

    private static string Field(string name) => $"tensor '{Shorten(name)}'";

    /// <summary>Hostile text goes into an error message only in part, and never with its control characters.</summary>
    private static string Shorten(string text)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }

    private SafetensorsException Refuse(string field, string why, Exception? inner = null) => new($"{_file}: {field}: {why}.", inner);
}
