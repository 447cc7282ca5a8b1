using System.Buffers.Binary;
using System.Text;

namespace MixPolicy.Torch.Native;

/// <summary>A section of an ELF file.</summary>
/// <param name="bytes">Its content, a window into the file.</param>
/// <param name="link">Number of the section that holds its strings or symbols.</param>
internal readonly ref struct ElfSection(Span<byte> bytes, int link)
{
    public Span<byte> Bytes { get; } = bytes;

    public int Link { get; } = link;
}

/// <summary>
/// The sections of a 64-bit little-endian ELF file in memory. Nothing in the file is trusted: whatever points outside it throws
/// <see cref="ArgumentOutOfRangeException"/> or <see cref="OverflowException"/>.
/// </summary>
internal readonly ref struct ElfImage(Span<byte> file)
{
    public const uint Relocations = 4;
    public const uint DynamicSymbols = 11;
    public const uint VersionNeeds = 0x6ffffffe;
    public const uint SymbolVersions = 0x6fffffff;

    private const int SectionHeaderBytes = 64;

    private readonly Span<byte> _file = file;

    public int SectionCount => BinaryPrimitives.ReadUInt16LittleEndian(_file[0x3c..]);

    public static bool IsElf64(ReadOnlySpan<byte> header) =>
        header.Length >= 64 && header[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]);

    public ElfSection Section(int index)
    {
        // Elf64_Shdr: name u32, type u32, flags u64, addr u64, offset u64, size u64, link u32, ...
        var header = Header(index);
        var offset = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]));
        var size = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]));
        return new(_file.Slice(offset, size), BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]));
    }

    public bool Is(int index, uint type) => BinaryPrimitives.ReadUInt32LittleEndian(Header(index)[4..]) == type;

    /// <summary>Number of the first section of a type, or −1.</summary>
    public int Find(uint type)
    {
        for (var i = 0; i < SectionCount; i++)
        {
            if (Is(i, type))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The text that begins at an offset of a string section.</summary>
    public static string Text(ReadOnlySpan<byte> strings, uint offset)
    {
        var text = strings[checked((int)offset)..];
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private Span<byte> Header(int index)
    {
        var sections = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(_file[0x28..]));
        return _file.Slice(checked(sections + (index * SectionHeaderBytes)), SectionHeaderBytes);
    }
}
