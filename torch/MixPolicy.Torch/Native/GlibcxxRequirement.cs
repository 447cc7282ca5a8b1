using System.Buffers.Binary;

namespace MixPolicy.Torch.Native;

/// <summary>
/// Loosens one version requirement of an ELF file. TorchSharp's glue library asks for <c>GLIBCXX_3.4.32</c>, which the C++
/// library of Debian 12 and Ubuntu 22.04 lacks. The only symbol of that version (<c>_ZSt21ios_base_library_initv</c>) is a
/// link-time anchor that no relocation uses, so marking the requirement weak (<c>VER_FLG_WEAK</c>) lets the loader accept the file and
/// takes nothing from it. Both are checked in the file at hand, so that another TorchSharp cannot be patched into one that crashes later.
/// </summary>
internal static class GlibcxxRequirement
{
    public const string Version = "GLIBCXX_3.4.32";

    private const string Anchor = "_ZSt21ios_base_library_initv";
    private const ushort VersionFlagWeak = 0x2;
    private const ushort VersionIndexMask = 0x7fff;
    private const int SymbolBytes = 24;
    private const int RelocationBytes = 24;

    /// <summary>Marks <see cref="Version"/> weak in <paramref name="elf"/> (a 64-bit little-endian ELF image, changed in place).</summary>
    /// <returns>Whether the requirement was there.</returns>
    /// <exception cref="InvalidDataException">The bytes are not such an ELF file, its tables point outside it, or it really needs that version; then nothing is changed.</exception>
    public static bool MarkWeak(Span<byte> elf)
    {
        if (!ElfImage.IsElf64(elf))
        {
            throw new InvalidDataException("it is not a 64-bit little-endian ELF file");
        }

        try
        {
            var image = new ElfImage(elf);
            var needs = image.Find(ElfImage.VersionNeeds);
            var requirement = needs < 0 ? [] : Requirement(image, image.Section(needs));
            if (requirement.IsEmpty)
            {
                return false;
            }

            // Elf64_Vernaux: hash u32, flags u16, other u16 (the index symbols carry), name u32, next u32.
            var index = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(requirement[6..]) & VersionIndexMask);
            CheckUnused(image, index);
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(requirement[4..]);
            BinaryPrimitives.WriteUInt16LittleEndian(requirement[4..], (ushort)(flags | VersionFlagWeak));
            return true;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("its ELF tables point outside the file", e);
        }
    }

    /// <summary>The entry that asks for <see cref="Version"/>, or nothing.</summary>
    private static Span<byte> Requirement(ElfImage image, ElfSection needs)
    {
        ReadOnlySpan<byte> strings = image.Section(needs.Link).Bytes;
        for (var library = needs.Bytes; ;)
        {
            // Elf64_Verneed: version u16, count u16, file u32, aux u32 (offset from here), next u32 (0 ends the list).
            int count = BinaryPrimitives.ReadUInt16LittleEndian(library[2..]);
            var entry = library[Offset(library[8..])..];
            for (var i = 0; i < count; i++)
            {
                if (ElfImage.Text(strings, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])) == Version)
                {
                    return entry[..16];
                }

                var nextEntry = Offset(entry[12..]);
                if (nextEntry == 0)
                {
                    break;
                }

                entry = entry[nextEntry..];
            }

            // Offsets are not negative, so each step goes forward and the walk ends.
            var next = Offset(library[12..]);
            if (next == 0)
            {
                return [];
            }

            library = library[next..];
        }
    }

    private static int Offset(ReadOnlySpan<byte> field) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(field));

    private static void CheckUnused(ElfImage image, ushort versionIndex)
    {
        var symbolSection = image.Find(ElfImage.DynamicSymbols);
        var versionSection = image.Find(ElfImage.SymbolVersions);
        if (symbolSection < 0 || versionSection < 0)
        {
            throw new InvalidDataException("it has no dynamic symbols");
        }

        var symbols = image.Section(symbolSection);
        ReadOnlySpan<byte> versions = image.Section(versionSection).Bytes;
        ReadOnlySpan<byte> strings = image.Section(symbols.Link).Bytes;
        var users = new HashSet<uint>();
        for (var i = 0; i < symbols.Bytes.Length / SymbolBytes; i++)
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(versions[(i * 2)..]) & VersionIndexMask) == versionIndex)
            {
                var name = ElfImage.Text(strings, BinaryPrimitives.ReadUInt32LittleEndian(symbols.Bytes[(i * SymbolBytes)..]));
                if (name != Anchor)
                {
                    throw new InvalidDataException($"it needs {name} of {Version}");
                }

                users.Add((uint)i);
            }
        }

        for (var i = 0; i < image.SectionCount; i++)
        {
            if (image.Is(i, ElfImage.Relocations) && RefersToAny(image.Section(i).Bytes, users))
            {
                throw new InvalidDataException($"a relocation uses {Anchor} of {Version}");
            }
        }
    }

    private static bool RefersToAny(ReadOnlySpan<byte> relocations, HashSet<uint> symbols)
    {
        for (; relocations.Length >= RelocationBytes; relocations = relocations[RelocationBytes..])
        {
            // Elf64_Rela: offset u64, info u64 (symbol in the upper half), addend i64.
            if (symbols.Contains(BinaryPrimitives.ReadUInt32LittleEndian(relocations[12..])))
            {
                return true;
            }
        }

        return false;
    }
}
