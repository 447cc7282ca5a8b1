using System.Text.Json;

namespace MixPolicy.Torch.Safetensors;

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

            _tensors.Add(TensorEntry.Parse(name, property.Value, (why, inner) => Refuse(Field(name), why, inner)));
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
                throw Refuse($"{MetadataKey}.{HostileText.Shorten(property.Name)}", $"it is a JSON {property.Value.ValueKind}, not a string");
            }

            if (!_metadata.TryAdd(property.Name, property.Value.GetString()!))
            {
                throw Refuse($"{MetadataKey}.{HostileText.Shorten(property.Name)}", "the key appears twice");
            }
        }
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

    private static string Field(string name) => $"tensor '{HostileText.Shorten(name)}'";

    private SafetensorsException Refuse(string field, string why, Exception? inner = null) => new($"{_file}: {field}: {why}.", inner);
}
