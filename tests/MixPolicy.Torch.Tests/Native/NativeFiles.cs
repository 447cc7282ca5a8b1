using System.Text;
using MixPolicy.Torch.Native;

namespace MixPolicy.Torch.Tests.Native;

/// <summary>The native files in use, and folders of links to them with something wrong.</summary>
internal static class NativeFiles
{
    public static LibTorchFolders Folders { get; } = LibTorchFolders.Find(null, AppContext.BaseDirectory);

    public static string Glue { get; } = Path.Combine(Folders.Glue, NativeTorch.Glue);

    /// <summary>Fills <paramref name="folder"/> with links to the libtorch in use, but for the files named.</summary>
    public static void LinkLibTorch(string folder, params ReadOnlySpan<string> without)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Folders.LibTorch))
        {
            var name = Path.GetFileName(file);
            var left = false;
            foreach (var prefix in without)
            {
                left |= name.StartsWith(prefix, StringComparison.Ordinal);
            }

            if (!left)
            {
                File.CreateSymbolicLink(Path.Combine(folder, name), file);
            }
        }
    }

    /// <summary>A copy of a file's bytes in which a text has been replaced by another of the same length.</summary>
    public static byte[] With(string path, string text, string other)
    {
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text + "\0"));
        at.ShouldBeGreaterThan(0);
        Encoding.ASCII.GetBytes(other).CopyTo(bytes, at);
        return bytes;
    }
}
