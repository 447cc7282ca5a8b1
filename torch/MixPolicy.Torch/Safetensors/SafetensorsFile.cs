using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Safetensors;

/// <summary>What a safetensors file held.</summary>
/// <param name="Tensors">By name. They belong to the dispose scope of the caller, or to the caller where there is none.</param>
/// <param name="Metadata">The <c>__metadata__</c> map; empty when the file has none.</param>
public sealed record SafetensorsContent(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Reads and writes the safetensors format (https://github.com/huggingface/safetensors): 8 bytes little-endian header length, a JSON header,
/// the raw little-endian tensors. Types: F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL. Files written here are read by Python's safetensors
/// and the other way round.
/// </summary>
public static class SafetensorsFile
{
    private const int LengthBytes = 8;
    private const int Alignment = 8;

    /// <summary>Writes <paramref name="tensors"/> to <paramref name="path"/>, replacing what is there. Not atomic: <c>Checkpoints</c> is for that.</summary>
    /// <param name="tensors">Any device and strides, dense, at most 2 GiB each. Same tensors, same bytes: the order is by element size, then by name.</param>
    /// <param name="metadata">Free text for readers.</param>
    /// <exception cref="SafetensorsException">A tensor has a type the format lacks, or a name that is not allowed.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Write(stream, path, tensors, metadata);
    }

    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, Tensor}, IReadOnlyDictionary{string, string})"/>
    /// <param name="stream">Written from where it stands.</param>
    /// <param name="name">Names the stream in errors.</param>
    public static void Write(Stream stream, string name, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var entries = Layout(name, tensors);
        var header = Header(name, entries, metadata);

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var entry in entries.Where(entry => entry.End > entry.Begin))
        {
            using var scope = NewDisposeScope();
            stream.Write(tensors[entry.Name].detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>Reads all tensors of a file onto <paramref name="device"/> (the CPU when null).</summary>
    /// <exception cref="SafetensorsException">The file is truncated, damaged or hostile; nothing of it is returned.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static SafetensorsContent Read(string path, Device? device = null)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path, device);
    }

    /// <inheritdoc cref="Read(string, Device?)"/>
    /// <param name="stream">Seekable; it holds one file, from where it stands to its end.</param>
    /// <param name="name">Names the stream in errors.</param>
    public static SafetensorsContent Read(Stream stream, string name, Device? device = null)
    {
        var header = ReadHeader(stream, name);
        var tensors = new Dictionary<string, Tensor>(header.Tensors.Count, StringComparer.Ordinal);
        using var scope = NewDisposeScope();
        foreach (var entry in header.Tensors)
        {
            var tensor = ReadTensor(stream, name, entry);
            tensors.Add(entry.Name, device is null ? tensor : tensor.to(device));
        }

        // Only now: a file refused half-way must leave no tensors behind.
        scope.MoveToOuter(tensors.Values);
        return new(tensors, header.Metadata);
    }

    private static SafetensorsHeader ReadHeader(Stream stream, string name)
    {
        var left = stream.Length - stream.Position;
        if (left < LengthBytes)
        {
            throw new SafetensorsException($"{name}: header length: the file has {left} bytes, the length alone takes {LengthBytes}: it is cut short.");
        }

        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        left -= LengthBytes;
        if (length > SafetensorsLimits.HeaderBytes)
        {
            throw new SafetensorsException($"{name}: header length: {length} bytes, allowed are {SafetensorsLimits.HeaderBytes}: this is not a safetensors file, or it is damaged.");
        }

        if ((long)length > left)
        {
            throw new SafetensorsException($"{name}: header length: {length} bytes, the file has {left} after it: it is cut short.");
        }

        var json = new byte[(int)length];
        stream.ReadExactly(json);
        return SafetensorsHeader.Parse(name, json, left - json.Length);
    }

    private static Tensor ReadTensor(Stream stream, string name, TensorEntry entry)
    {
        var tensor = empty(entry.Shape, dtype: entry.Type.Scalar);
        if (entry.End > entry.Begin)
        {
            var bytes = tensor.bytes;
            stream.ReadExactly(bytes);

            // Any other value of a C++ bool is undefined behaviour inside libtorch.
            if (entry.Type.Scalar == ScalarType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw new SafetensorsException($"{name}: tensor '{entry.Name}': a BOOL is neither 0 nor 1.");
            }
        }

        return tensor;
    }

    private static List<TensorEntry> Layout(string file, IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (tensors.Count > SafetensorsLimits.Tensors)
        {
            throw new SafetensorsException($"{file}: {tensors.Count} tensors, allowed are {SafetensorsLimits.Tensors}.");
        }

        // Largest elements first, so that each tensor is aligned to its element, as the reference implementation does.
        var ordered = tensors.Select(pair => (Name: pair.Key, Tensor: pair.Value, Type: TypeOf(file, pair.Key, pair.Value)))
            .OrderByDescending(tensor => tensor.Type.Bytes).ThenBy(tensor => tensor.Name, StringComparer.Ordinal);
        var entries = new List<TensorEntry>(tensors.Count);
        long begin = 0;
        foreach (var (name, tensor, type) in ordered)
        {
            var end = begin + (tensor.numel() * type.Bytes);
            entries.Add(new(name, type, tensor.shape, begin, end));
            begin = end;
        }

        return entries;
    }

    private static SafetensorsType TypeOf(string file, string name, Tensor tensor)
    {
        if (name.Length is 0 or > SafetensorsLimits.NameLength || name == SafetensorsHeader.MetadataKey)
        {
            throw new SafetensorsException(
                $"{file}: tensor '{name}': a name has 1 to {SafetensorsLimits.NameLength} characters and is not {SafetensorsHeader.MetadataKey}.");
        }

        var type = SafetensorsType.All.FirstOrDefault(type => type.Scalar == tensor.dtype)
            ?? throw new SafetensorsException($"{file}: tensor '{name}': its type is {tensor.dtype}, allowed are {SafetensorsType.Names}.");
        return tensor.numel() <= SafetensorsLimits.TensorBytes / type.Bytes
            ? type
            : throw new SafetensorsException($"{file}: tensor '{name}': {tensor.numel()} elements of {type.Name} are more than {SafetensorsLimits.TensorBytes} bytes.");
    }

    private static byte[] Header(string file, List<TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            foreach (var entry in entries)
            {
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", entry.Type.Name);
                WriteNumbers(json, "shape", entry.Shape);
                WriteNumbers(json, "data_offsets", [entry.Begin, entry.End]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces up to the alignment, so that the data begins aligned.
        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.Length <= SafetensorsLimits.HeaderBytes
            ? buffer.ToArray()
            : throw new SafetensorsException($"{file}: the header takes {buffer.Length} bytes, allowed are {SafetensorsLimits.HeaderBytes}.");
    }

    private static void WriteNumbers(Utf8JsonWriter json, string field, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(field);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
