namespace MixPolicy.Torch.Checkpoints;

/// <summary>
/// One checkpoint in one folder, replaced as a whole (the best classifier, an exported policy). At every instant the old or the new
/// one can be loaded, whatever kills the process; <see cref="CheckpointStore"/> keeps several.
/// </summary>
public static class CheckpointFolder
{
    /// <summary>Saves to <paramref name="folder"/>, in place of what it held. One writer at a time.</summary>
    /// <param name="kind">What is saved; a load must ask for the same.</param>
    /// <param name="schemaVersion">≥ 1; raise it when the layout of the parts changes.</param>
    /// <param name="step">≥ 0; how far the work was.</param>
    /// <param name="write">Adds the parts. When it throws, nothing has changed.</param>
    public static void Save(string folder, string kind, int schemaVersion, long step, Action<CheckpointWriter> write)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(folder) ?? throw new ArgumentException($"'{folder}' is the root of a file system.", nameof(folder));
        FolderFlush.Create(parent);
        DeleteLeftovers(parent, $".{Path.GetFileName(folder)}.new-*");
        var temporary = Build(Path.Combine(parent, $".{Path.GetFileName(folder)}.new-{Guid.NewGuid():N}"), kind, schemaVersion, step, write);

        // A folder cannot replace another in one step. Between these two the old one stands under its second name, where Load finds it.
        if (Directory.Exists(folder))
        {
            var previous = PreviousOf(folder);
            DeleteIfThere(previous);
            Directory.Move(folder, previous);
        }

        Directory.Move(temporary, folder);
        FolderFlush.Flush(parent);
        DeleteIfThere(PreviousOf(folder));
    }

    /// <summary>Loads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">There is none, or it is torn, damaged, of another kind or newer than <paramref name="schemaVersion"/>.</exception>
    public static CheckpointReader Load(string folder, string kind, int schemaVersion)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var previous = PreviousOf(folder);
        return Open(!Directory.Exists(folder) && Directory.Exists(previous) ? previous : folder, kind, schemaVersion);
    }

    /// <summary>Writes a whole checkpoint into a new folder and flushes it. When it fails, the folder is gone again.</summary>
    internal static string Build(string folder, string kind, int schemaVersion, long step, Action<CheckpointWriter> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentOutOfRangeException.ThrowIfLessThan(schemaVersion, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Directory.CreateDirectory(folder);
        var complete = false;
        try
        {
            var writer = new CheckpointWriter(folder);
            write(writer);
            new CheckpointManifest(kind, schemaVersion, step, writer.Files).Write(folder);
            FolderFlush.Flush(folder);
            complete = true;
        }
        finally
        {
            if (!complete)
            {
                DeleteIfThere(folder);
            }
        }

        return folder;
    }

    /// <summary>Verifies a checkpoint and opens it.</summary>
    internal static CheckpointReader Open(string folder, string kind, int schemaVersion)
    {
        if (!Directory.Exists(folder))
        {
            throw new CheckpointException($"{folder}: there is no checkpoint.");
        }

        try
        {
            var manifest = CheckpointManifest.Read(folder);
            if (manifest.Kind != kind)
            {
                throw new CheckpointException($"{folder}: it is a checkpoint of '{manifest.Kind}', expected is '{kind}'.");
            }

            if (manifest.SchemaVersion > schemaVersion)
            {
                throw new CheckpointException(
                    $"{folder}: its schema version is {manifest.SchemaVersion}, this program reads up to {schemaVersion}: a newer program wrote it, use that one.");
            }

            manifest.Verify(folder);
            return new(folder, manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{folder}: it cannot be read: {e.Message}", e);
        }
    }

    internal static void DeleteLeftovers(string parent, string pattern)
    {
        foreach (var leftover in Directory.EnumerateDirectories(parent, pattern))
        {
            Directory.Delete(leftover, recursive: true);
        }
    }

    private static string PreviousOf(string folder) => Path.Combine(Path.GetDirectoryName(folder)!, $".{Path.GetFileName(folder)}.previous");

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
