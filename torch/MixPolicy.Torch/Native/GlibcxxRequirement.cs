using System.Buffers.Binary;
using System.Text;

namespace MixPolicy.Torch.Native;

/// <summary>
/// Loosens one version requirement of an ELF file. TorchSharp's glue library asks for <c>GLIBCXX_3.4.32</c>, which the C++
/// library of Debian 12 and Ubuntu 22.04 lacks. The only symbol of that version (<c>_ZSt21ios_base_library_initv</c>) is a
/// link-time anchor that no relocation uses, so marking the requirement weak (<c>VER_FLG_WEAK</c>) lets the loader accept the file.
/// </summary>
internal static class GlibcxxRequirement
{
    public const string Version = "GLIBCXX_3.4.32";

    private const uint SectionGnuVerneed = 0x6ffffffe;
    private const ushort VersionFlagWeak = 0x2;
    private const int SectionHeaderBytes = 64;

    /// <summary>Marks <see cref="Version"/> weak in <paramref name="elf"/> (a 64-bit little-endian ELF image, changed in place).</summary>
    /// <returns>Whether the requirement was there.</returns>
    /// <exception cref="InvalidDataException">The bytes are not such an ELF file, or its tables point outside it.</exception>
    public static bool MarkWeak(Span<byte> elf)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        try
        {
            var sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]));
            int sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3c..]);
            for (var i = 0; i < sectionCount; i++)
            {
                var header = elf.Slice(sections + (i * SectionHeaderBytes), SectionHeaderBytes);
                if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == SectionGnuVerneed)
                {
                    var link = BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]);
                    var strings = elf.Slice(sections + (link * SectionHeaderBytes), SectionHeaderBytes);
                    return MarkWeak(elf, OffsetOf(header), OffsetOf(strings));
                }
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("the ELF tables point outside the file", e);
        }

        return false;
    }

    private static int OffsetOf(ReadOnlySpan<byte> sectionHeader) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(sectionHeader[0x18..]));

    private static bool MarkWeak(Span<byte> elf, int verneed, int strings)
    {
        var found = false;
        for (var entry = verneed; ;)
        {
            // Elf64_Verneed: version u16, count u16, file u32, aux u32 (offset from here), next u32 (0 ends the list).
            int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[(entry + 2)..]);
            var aux = entry + BinaryPrimitives.ReadInt32LittleEndian(elf[(entry + 8)..]);
            for (var i = 0; i < count; i++)
            {
                // Elf64_Vernaux: hash u32, flags u16, other u16, name u32, next u32.
                var name = elf[(strings + BinaryPrimitives.ReadInt32LittleEndian(elf[(aux + 8)..]))..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == Version)
                {
                    var flags = elf[(aux + 4)..];
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | VersionFlagWeak));
                    found = true;
                }

                aux += BinaryPrimitives.ReadInt32LittleEndian(elf[(aux + 12)..]);
            }

            var next = BinaryPrimitives.ReadInt32LittleEndian(elf[(entry + 12)..]);
            if (next == 0)
            {
                return found;
            }

            entry += next;
        }
    }
}
