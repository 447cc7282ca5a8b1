using System.Security.Cryptography;

namespace MixPolicy.Torch.Native;

/// <summary>The copy of TorchSharp's glue that loads on systems with an older C++ library, in a per-user cache.</summary>
internal static class PatchedGlue
{
    /// <summary>Where patched copies go: <c>$XDG_CACHE_HOME/mixpolicy/torchsharp</c>, by default below <c>~/.cache</c>.</summary>
    public static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

            // Without a home: a folder nobody else can write to, or another user could put a library of their own there.
            cache = home.Length > 0 ? Path.Combine(home, ".cache") : Directory.CreateTempSubdirectory("mixpolicy-").FullName;
        }

        return Path.Combine(cache, "mixpolicy", "torchsharp");
    }

    /// <summary>Makes the copy if it is not there whole already. Named by the hash of its source and put in place atomically: processes may race for it.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="TorchLoadException">The glue cannot be patched, or the copy cannot be written.</exception>
    public static string Create(string glue, string cacheFolder)
    {
        var bytes = File.ReadAllBytes(glue);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            GlibcxxRequirement.MarkWeak(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new TorchLoadException($"the C++ library of this system is older than {GlibcxxRequirement.Version}, and {glue} cannot be made to work with it: {e.Message}. "
                + "Install a newer libstdc++6 (of GCC 13.2 or newer), or use Debian 13, Ubuntu 24.04 or newer.", e);
        }

        // The folder carries the hash, the file keeps its name: TorchSharp asks the loader for it by that name.
        var folder = Path.Combine(cacheFolder, hash[..16]);
        var target = Path.Combine(folder, NativeTorch.Glue);
        try
        {
            if (!File.Exists(target) || !File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
            {
                Write(folder, target, bytes);
            }

            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorchLoadException(
                $"the C++ library of this system is older than {GlibcxxRequirement.Version}, and the copy of {NativeTorch.Glue} that works with it could not be written "
                + $"to {folder}: {e.Message} Make that folder writable, or set XDG_CACHE_HOME to one that is.", e);
        }
    }

    private static void Write(string folder, string target, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $"{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
