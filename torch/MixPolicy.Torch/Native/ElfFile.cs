using System.Buffers.Binary;

namespace MixPolicy.Torch.Native;

/// <summary>Looks whether a shared library is whole before the loader maps it: a truncated one would end the process with SIGBUS.</summary>
internal static class ElfFile
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int SectionHeaderBytes = 64;
    private const uint Load = 1;
    private const ushort MachineX64 = 62;

    /// <returns>Null, or what is wrong with the file.</returns>
    public static string? WhatIsWrong(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !ElfImage.IsElf64(header))
        {
            return "it is not a 64-bit little-endian ELF file";
        }

        // e_machine
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[0x12..]) != MachineX64)
        {
            return "it is not for x86-64";
        }

        // e_phoff, e_phnum, e_shoff, e_shnum
        var programHeaders = BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]);
        int programHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(header[0x38..]);
        var needed = (Int128)BinaryPrimitives.ReadUInt64LittleEndian(header[0x28..])
            + (BinaryPrimitives.ReadUInt16LittleEndian(header[0x3c..]) * SectionHeaderBytes);
        var tableEnd = (Int128)programHeaders + (programHeaderCount * ProgramHeaderBytes);
        if (tableEnd <= file.Length)
        {
            var table = new byte[programHeaderCount * ProgramHeaderBytes];
            file.Position = (long)programHeaders;
            file.ReadExactly(table);
            needed = Int128.Max(needed, LastLoadedByte(table));
        }
        else
        {
            needed = Int128.Max(needed, tableEnd);
        }

        return needed > file.Length ? $"it has {file.Length} bytes, its tables ask for {needed}: it is cut short" : null;
    }

    private static Int128 LastLoadedByte(ReadOnlySpan<byte> programHeaders)
    {
        Int128 last = 0;
        for (; programHeaders.Length > 0; programHeaders = programHeaders[ProgramHeaderBytes..])
        {
            // Elf64_Phdr: p_type u32, p_flags u32, p_offset u64, p_vaddr, p_paddr, p_filesz u64, ...
            if (BinaryPrimitives.ReadUInt32LittleEndian(programHeaders) == Load)
            {
                var end = (Int128)BinaryPrimitives.ReadUInt64LittleEndian(programHeaders[8..]) + BinaryPrimitives.ReadUInt64LittleEndian(programHeaders[0x20..]);
                last = Int128.Max(last, end);
            }
        }

        return last;
    }
}
