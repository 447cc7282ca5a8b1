namespace MixPolicy.Agent.Configuration;

/// <summary>The folder with everything the service keeps. Held by one process at a time; the system lets go of it when the process dies.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly string _root;
    // Null for those who only look in beside the service.
    private readonly FileStream? _lock;

    private DataFolder(string root, FileStream? held) => (_root, _lock) = (root, held);

    /// <exception cref="SettingsException">The folder cannot be made or written, or another service uses it.</exception>
    public DataFolder(string path)
    {
        _root = Path.GetFullPath(path);
        try
        {
            // Hashes of keys and tokens of leases are nobody else's business.
            PrivateFiles.CreateFolder(_root);
            // On Linux FileShare.None is an advisory lock (flock) that ends with the process.
            _lock = new(Path.Combine(_root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The data folder {_root} is in use by another service, or cannot be written: {e.Message}", e);
        }
    }

    /// <summary>A folder that a service may hold: for commands that only use its database, and that beside it.</summary>
    public static DataFolder Beside(string path) => new(Path.GetFullPath(path), null);

    public string Root => _root;

    public string Database => Path.Combine(_root, "agent.db");

    /// <summary>What the cookies of sessions and forms are sealed with.</summary>
    public DirectoryInfo SessionKeys => new(Path.Combine(_root, "session-keys"));

    public string Audit => Path.Combine(_root, "audit");

    public string Logs => Path.Combine(_root, "logs");

    public string Snapshots => Path.Combine(_root, "snapshots");

    public string Artifacts => Path.Combine(_root, "artifacts");

    public void Dispose() => _lock?.Dispose();
}
