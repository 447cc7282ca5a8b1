using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MixPolicy.Torch.Native;

/// <summary>
/// Keeps TorchSharp's scalars alive long enough. TorchSharp 0.107 hands the native pointer of a <c>Scalar</c> to libtorch without keeping the managed
/// object alive (no GC.KeepAlive), and makes such scalars itself in <c>a + b</c>, <c>square()</c> and many more: a garbage collection at the wrong
/// moment lets the finalizer thread free the number while libtorch is about to read it. Seen as "Unknown scalar type" and "Expected false to be
/// true" out of correct code, about once in 30,000 operations when collections are constant.
/// <para>
/// The cure is to free late: the code of <c>THSTorch_dispose_scalar</c> is led to a few instructions that put the pointer into a ring and free the
/// one it replaces, 16,384 scalars later. A scalar holds a number and owns nothing, so its destructor has nothing to do. Costs 0.8 MB; many more would pin
/// the heap's large free blocks all over (seen with 131,072: the heap of a training grew by half over 1,000 steps).
/// </para>
/// </summary>
internal static partial class ScalarLifetime
{
    private const string Dispose = "THSTorch_dispose_scalar";
    private const string Free = "_ZdlPv";
    private const int RingSlots = 1 << 14;
    private const int CodeBytes = 4096;
    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int PrivateAnonymous = 0x02 | 0x20;

    /// <summary>Applies the cure; call once, before the first tensor. Only x64 Linux needs a case: there is no other build of libtorch for us.</summary>
    /// <param name="glue">Path of TorchSharp's native half, loaded already.</param>
    /// <returns>False where this system does not allow it: the rare failure stays possible.</returns>
    /// <exception cref="TorchLoadException">The changed code page could not be made executable again: TorchSharp cannot be used in this process.</exception>
    public static bool Extend(string glue)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return false;
        }

        var library = NativeLibrary.Load(glue);
        var target = NativeLibrary.GetExport(library, Dispose);
        var memory = Map(0, CodeBytes + 8 + (RingSlots * sizeof(long)), ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == -1)
        {
            return false;
        }

        byte[] ring =
        [
            0x48, 0xB8, .. Address(memory + CodeBytes), // mov rax, counter
            0xB9, 0x01, 0x00, 0x00, 0x00, // mov ecx, 1
            0xF0, 0x0F, 0xC1, 0x08, // lock xadd [rax], ecx
            0x81, 0xE1, 0xFF, 0x3F, 0x00, 0x00, // and ecx, RingSlots - 1
            0x48, 0xB8, .. Address(memory + CodeBytes + 8), // mov rax, ring
            0x48, 0x87, 0x3C, 0xC8, // xchg [rax + 8 * rcx], rdi
            0x48, 0xB8, .. Address(NativeLibrary.GetExport(library, Free)), // mov rax, operator delete
            0xFF, 0xE0, // jmp rax
        ];
        Marshal.Copy(ring, 0, memory, ring.Length);

        // From the function's first bytes to the ring: mov rax, memory; jmp rax.
        byte[] detour = [0x48, 0xB8, .. Address(memory), 0xFF, 0xE0];
        var page = target & ~(nint)(Environment.SystemPageSize - 1);
        var pages = (nuint)(target + detour.Length - page);
        if (Protect(memory, CodeBytes, ReadExecute) != 0 || Protect(page, pages, ReadWrite) != 0)
        {
            return false;
        }

        Marshal.Copy(detour, 0, target, detour.Length);
        return Protect(page, pages, ReadExecute) == 0
            ? true
            : throw new TorchLoadException(
                $"{Path.GetFileName(glue)}: the memory page of {Dispose} could not be made executable again: {Marshal.GetLastPInvokeErrorMessage()}. "
                + "Remedy: allow this program to change the protection of its own code pages (SELinux: execmod), or start it again.");
    }

    private static byte[] Address(nint address)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, address);
        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
