namespace MixPolicy.Testing;

/// <summary>Files of the repository that tests compare with the program.</summary>
public static class Repository
{
    /// <param name="path">From the root, with forward slashes.</param>
    /// <exception cref="DirectoryNotFoundException">The tests do not run from within the repository.</exception>
    public static string PathOf(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MixPolicy.slnx")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new DirectoryNotFoundException($"MixPolicy.slnx was not found above {AppContext.BaseDirectory}");
    }
}
