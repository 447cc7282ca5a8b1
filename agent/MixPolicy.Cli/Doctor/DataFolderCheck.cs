using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Cli.Doctor;

/// <summary>Whether the service's data folder can be used: rights, room, and a database that is whole. It leaves all as it is, but for a file that it makes and deletes, and may run beside the service.</summary>
internal static class DataFolderCheck
{
    private const string Subject = "data folder";
    private const long LittleRoom = 1L << 30;

    public static IEnumerable<Finding> Look(AgentOptions options)
    {
        var root = Path.GetFullPath(options.DataFolder);
        if (!Directory.Exists(root))
        {
            yield return new(Subject, Verdict.Ok, $"{root} is not there yet: the service makes it when it starts here");
            yield break;
        }

        if (Writable(root) is { } refusal)
        {
            yield return new(Subject, Verdict.Broken, $"{root} cannot be written: {refusal}", "Give the user that runs the service the right to write it, or name another by --data-folder.");
            yield break;
        }

        var free = new DriveInfo(root).AvailableFreeSpace;
        yield return free < LittleRoom
            ? new(Subject, Verdict.Warning, $"{root} has {free >> 20} MiB left", "Make room: a full disk stops decisions, though what is logged stays.")
            : new(Subject, Verdict.Ok, $"{root} can be written and has {free >> 30} GiB left");
        yield return Database(Path.Combine(root, "agent.db"));
    }

    private static string? Writable(string root)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(root, $".doctor-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static Finding Database(string path)
    {
        if (!File.Exists(path))
        {
            return new("database", Verdict.Ok, "not there yet");
        }

        try
        {
            // Not read-only: reading beside the write-ahead log needs its index.
            using var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            var answer = (string)command.ExecuteScalar()!;
            if (answer != "ok")
            {
                return new("database", Verdict.Broken, $"{path} is damaged: {answer}", "Stop the service, keep the folder, and put back the last copy of it (docs/operations.md, backup).");
            }

            command.CommandText = "SELECT COUNT(*) FROM agents";
            return new("database", Verdict.Ok, $"{path} is whole and holds {command.ExecuteScalar()} agents");
        }
        catch (SqliteException e)
        {
            return new("database", Verdict.Broken, $"{path} cannot be read: {e.Message}", "If it is not a database of this service, name another folder by --data-folder; otherwise put back the last copy.");
        }
    }
}
