namespace MixPolicy.Torch.Native;

/// <summary>What <see cref="NativeTorch.Load"/> did.</summary>
/// <param name="Glue">Path of TorchSharp's native half.</param>
/// <param name="Patched">It is a copy patched for an old C++ library.</param>
/// <param name="HasCuda">This libtorch has CUDA.</param>
internal sealed record LoadedTorch(string Glue, bool Patched, bool HasCuda);

/// <summary>Loads libtorch and TorchSharp's glue by path, before TorchSharp looks for them itself.</summary>
internal static class NativeTorch
{
    public const string Core = "libtorch_cpu.so";
    public const string Cuda = "libtorch_cuda.so";
    public const string Glue = "libLibTorchSharp.so";

    /// <summary>Loads everything from <paramref name="folders"/>.</summary>
    /// <param name="cacheFolder">Asked for where a copy of the glue patched for an old C++ library may go; only then.</param>
    /// <exception cref="TorchLoadException">A file is missing, damaged or does not fit this system.</exception>
    public static LoadedTorch Load(LibTorchFolders folders, Func<string> cacheFolder)
    {
        // Each needs those before it. Once loaded, the loader knows them by name, so LD_LIBRARY_PATH plays no part.
        var hasCuda = File.Exists(Path.Combine(folders.LibTorch, Cuda));
        string[] libraries = hasCuda ? ["libc10.so", Core, Cuda, "libtorch.so"] : ["libc10.so", Core, "libtorch.so"];
        foreach (var library in libraries)
        {
            var path = Path.Combine(folders.LibTorch, library);
            if (TryOpen(path, folders, bindNow: false) is { } said)
            {
                throw Explain(path, folders, said);
            }
        }

        // The glue is what must fit a libtorch of another build: all its symbols are asked for at once.
        var glue = Path.Combine(folders.Glue, Glue);
        var patched = false;
        var complaint = TryOpen(glue, folders, bindNow: true);
        if (complaint is not null && complaint.Contains(GlibcxxRequirement.Version, StringComparison.Ordinal))
        {
            patched = true;
            glue = PatchedGlue.Create(glue, cacheFolder());
            complaint = TryOpen(glue, folders, bindNow: true);
        }

        return complaint is null ? new(glue, patched, hasCuda) : throw Explain(glue, folders, complaint);
    }

    /// <summary>Turns the loader's words into what to do about them.</summary>
    internal static TorchLoadException Explain(string path, LibTorchFolders folders, string said)
    {
        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (said.Contains(word, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }

        var remedy = said switch
        {
            _ when Says("libgomp.so") => "install the OpenMP runtime: libgomp1 (Debian, Ubuntu) or libgomp (Fedora, RHEL).",
            _ when Says("libgomp-") => $"the OpenMP runtime that belongs to this libtorch is missing from {folders.LibTorch}: install libtorch again.",
            _ when Says("libcud", "libcublas", "libcufft", "libcurand", "libcusparse", "libcusolver", "libnv", "libnccl")
                => "a CUDA library is missing: put the CUDA libraries on LD_LIBRARY_PATH, or use the CPU build.",
            _ when Says("GLIBCXX_", "CXXABI_") => "the C++ library of this system is too old: install a newer libstdc++6, or use Debian 12, Ubuntu 22.04 or newer.",
            _ when Says("GLIBC_", "musl", "not glibc")
                => "the C library of this system is too old or is not glibc: libtorch needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8), not Alpine.",
            _ when Says("undefined symbol") => $"the libtorch in {folders.LibTorch} does not fit TorchSharp, which is built for libtorch 2.10: use that version.",
            _ when Says("cut short", "ELF", "x86-64", "file too short") => "the file is damaged or for another system: install it again.",
            _ when Says("cannot open shared object file") => "install the library it names, or put its folder on LD_LIBRARY_PATH.",
            _ => "install libtorch again, or name another with MIXPOLICY_LIBTORCH.",
        };
        return new TorchLoadException($"{Path.GetFileName(path)} (from {folders.Source}, {folders.LibTorch}) could not be loaded: {said}. Remedy: {remedy}");
    }

    private static string? TryOpen(string path, LibTorchFolders folders, bool bindNow)
    {
        if (!File.Exists(path))
        {
            throw new TorchLoadException($"{Path.GetFileName(path)} is missing from {Path.GetDirectoryName(path)} ({folders.Source}): that is not a whole libtorch. "
                + "Install it again, or name another folder.");
        }

        return ElfFile.WhatIsWrong(path) ?? DynamicLibrary.Open(path, bindNow);
    }
}
