using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MixPolicy.Torch.Native;

/// <summary>Loads libtorch and TorchSharp's glue by path, before TorchSharp looks for them itself.</summary>
internal static class NativeTorch
{
    public const string Core = "libtorch_cpu.so";
    public const string Cuda = "libtorch_cuda.so";
    public const string Glue = "libLibTorchSharp.so";

    /// <summary>Loads everything from <paramref name="folders"/>; a copy of the glue patched for an old C++ library goes to <paramref name="cacheFolder"/>.</summary>
    /// <returns>The path of the glue that was loaded, and whether it is a patched copy.</returns>
    public static (string Glue, bool Patched) Load(LibTorchFolders folders, string cacheFolder)
    {
        LoadOne(Path.Combine(folders.LibTorch, "libc10.so"), folders);
        LoadOne(Path.Combine(folders.LibTorch, Core), folders);
        var cuda = Path.Combine(folders.LibTorch, Cuda);
        if (File.Exists(cuda))
        {
            LoadOne(cuda, folders);
        }

        LoadOne(Path.Combine(folders.LibTorch, "libtorch.so"), folders);

        var glue = Path.Combine(folders.Glue, Glue);
        try
        {
            NativeLibrary.Load(glue);
            return (glue, false);
        }
        catch (DllNotFoundException e) when (e.Message.Contains(GlibcxxRequirement.Version, StringComparison.Ordinal))
        {
            var patched = PatchedCopy(glue, cacheFolder);
            LoadOne(patched, folders);
            return (patched, true);
        }
        catch (DllNotFoundException e)
        {
            throw Explain(glue, folders, e);
        }
    }

    /// <summary>The patched copy in the per-user cache, named by the hash of its source and written atomically: processes may race for it.</summary>
    internal static string PatchedCopy(string glue, string cacheFolder)
    {
        var bytes = File.ReadAllBytes(glue);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        GlibcxxRequirement.MarkWeak(bytes);

        // The folder carries the hash, the file keeps its name: TorchSharp asks the loader for "LibTorchSharp" by that name.
        var folder = Path.Combine(cacheFolder, hash[..16]);
        var target = Path.Combine(folder, Glue);
        if (File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
        {
            return target;
        }

        try
        {
            Directory.CreateDirectory(folder);
            var temporary = Path.Combine(folder, $"{Path.GetRandomFileName()}.tmp");
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, target, overwrite: true);
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorchLoadException(
                $"the C++ library of this system is older than {GlibcxxRequirement.Version}, and the copy of {Glue} that works with it could not be written "
                + $"to {folder}: {e.Message} Make that folder writable, or set XDG_CACHE_HOME to one that is.", e);
        }
    }

    private static void LoadOne(string path, LibTorchFolders folders)
    {
        if (!File.Exists(path))
        {
            throw new TorchLoadException($"{Path.GetFileName(path)} is missing from {folders.LibTorch} ({folders.Source}): that is not a whole libtorch. "
                + "Install it again, or name another folder.");
        }

        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw Explain(path, folders, e);
        }
    }

    /// <summary>Turns the loader's words into what to do about them.</summary>
    internal static TorchLoadException Explain(string path, LibTorchFolders folders, Exception e)
    {
        var name = Path.GetFileName(path);
        var said = e.Message;
        var remedy = said switch
        {
            _ when said.Contains("libgomp", StringComparison.Ordinal) => "the OpenMP runtime is missing: install libgomp1 (Debian, Ubuntu) or libgomp (Fedora).",
            _ when said.Contains("libcud", StringComparison.Ordinal) || said.Contains("libcublas", StringComparison.Ordinal) || said.Contains("libnv", StringComparison.Ordinal)
                => "a CUDA library is missing: put the CUDA libraries on LD_LIBRARY_PATH, or use the CPU build.",
            _ when said.Contains("GLIBC_", StringComparison.Ordinal) || said.Contains("musl", StringComparison.Ordinal)
                => "the C library of this system is too old or is not glibc: libtorch needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8), not Alpine.",
            _ when said.Contains("undefined symbol", StringComparison.Ordinal)
                => $"this libtorch does not fit TorchSharp, which is built for libtorch 2.10: use that version in {folders.LibTorch}.",
            _ when e is BadImageFormatException || said.Contains("ELF", StringComparison.Ordinal) || said.Contains("file too short", StringComparison.Ordinal)
                => "the file is damaged or for another system: install it again.",
            _ => "see the loader's words above.",
        };
        return new TorchLoadException($"{name} (from {folders.Source}, {folders.LibTorch}) could not be loaded: {FirstLine(said)} Remedy: {remedy}", e);
    }

    private static string FirstLine(string text)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.Contains(".so", StringComparison.Ordinal) && l.Contains(": ", StringComparison.Ordinal)) ?? text.Split('\n')[0];
        return line.Trim();
    }
}
