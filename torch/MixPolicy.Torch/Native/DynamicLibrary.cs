using System.Runtime.InteropServices;

namespace MixPolicy.Torch.Native;

/// <summary>
/// The loader of the C library, asked directly: .NET's own call binds lazily, so a function that is missing from a foreign libtorch would end
/// the process at its first use; and it wraps the loader's one clear line into many of its own.
/// </summary>
internal static partial class DynamicLibrary
{
    private const int BindLazily = 1;
    private const int BindNow = 2;

    // Present in every glibc; from 2.34 on it only leads to libc.so.6.
    private const string Loader = "libdl.so.2";

    /// <summary>Loads a library for the rest of the process.</summary>
    /// <param name="bindNow">Resolve all its symbols at once, so that a missing one is an error here.</param>
    /// <returns>Null, or the loader's words on why it could not.</returns>
    public static string? Open(string path, bool bindNow)
    {
        try
        {
            // Also resolves the call itself, which would otherwise clear the error it is to read.
            _ = Error();
            return OpenLibrary(path, bindNow ? BindNow : BindLazily) != 0 ? null : Marshal.PtrToStringUTF8(Error()) ?? "unknown error";
        }
        catch (DllNotFoundException)
        {
            return $"{Loader} is missing: the C library is not glibc";
        }
    }

    [LibraryImport(Loader, EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenLibrary(string path, int flags);

    [LibraryImport(Loader, EntryPoint = "dlerror")]
    private static partial nint Error();
}
