using System.Globalization;
using MixPolicy.Torch.Safetensors;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

/// <summary>What a policy file says of itself.</summary>
/// <param name="Kind">See <see cref="ITransferablePolicy.Kind"/>.</param>
/// <param name="Version">Updates the policy has behind it.</param>
public sealed record PolicyFileHeader(string Kind, long Version);

/// <summary>The format of policy files: safetensors, whose metadata has <c>format</c> (mixpolicy-policy-1), <c>kind</c> and <c>version</c>.</summary>
public static class PolicyFile
{
    private const string FormatKey = "format";
    private const string Format = "mixpolicy-policy-1";
    private const string KindKey = "kind";
    private const string VersionKey = "version";
    private const string Source = "policy file";

    /// <summary>Reads what a file says of itself.</summary>
    /// <exception cref="PolicyFileException">It is damaged or not a policy file.</exception>
    public static PolicyFileHeader ReadHeader(ReadOnlyMemory<byte> file)
    {
        using var scope = NewDisposeScope();
        return Header(Read(file));
    }

    internal static byte[] Write(string kind, long version, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, Source, tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [KindKey] = kind,
            [VersionKey] = version.ToString(CultureInfo.InvariantCulture),
        });
        return stream.ToArray();
    }

    /// <param name="own">What the file must have, by name.</param>
    /// <returns>The version, and the tensors in the dispose scope of the caller.</returns>
    internal static (long Version, IReadOnlyDictionary<string, Tensor> Tensors) Read(ReadOnlyMemory<byte> file, string kind, IReadOnlyDictionary<string, Tensor> own)
    {
        var content = Read(file);
        var header = Header(content);
        if (header.Kind != kind)
        {
            throw new PolicyFileException($"{Source}: its kind is {header.Kind}; needed is {kind}");
        }

        return TensorFit.Difference(own, content.Tensors) is { } difference
            ? throw new PolicyFileException($"{Source}: {difference}")
            : (header.Version, content.Tensors);
    }

    private static SafetensorsContent Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            return SafetensorsFile.Read(new MemoryStream(file.ToArray(), writable: false), Source);
        }
        catch (SafetensorsException e)
        {
            throw new PolicyFileException(e.Message, e);
        }
    }

    private static PolicyFileHeader Header(SafetensorsContent content)
    {
        var metadata = content.Metadata;
        if (metadata.GetValueOrDefault(FormatKey) != Format)
        {
            throw new PolicyFileException($"{Source}: its {FormatKey} is '{metadata.GetValueOrDefault(FormatKey) ?? "unset"}'; needed is {Format}");
        }

        var version = metadata.GetValueOrDefault(VersionKey);
        return metadata.TryGetValue(KindKey, out var kind) && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var updates)
            ? new(kind, updates)
            : throw new PolicyFileException($"{Source}: its {VersionKey} is '{version ?? "unset"}' and its {KindKey} '{metadata.GetValueOrDefault(KindKey) ?? "unset"}'; needed are a whole number and a name");
    }
}
