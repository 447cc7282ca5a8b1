namespace MixPolicy.Agent.Configuration;

/// <summary>Files and folders that nobody but the user of this process may read. Windows has no modes: there they have the rights of their folder.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder. One that is there keeps the rights it has.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
    }

    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        using var writer = new StreamWriter(new FileStream(path, options));
        writer.WriteLine(text);
    }
}
