using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security.Keys;
using Serilog;
using Serilog.Extensions.Logging;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>The keys in a data folder, for a process that is not its service.</summary>
internal sealed class KeysPlace : IDisposable
{
    private readonly DataFolder _folder;
    private readonly LogDatabase _database;
    private readonly SerilogLoggerFactory _loggers;

    private KeysPlace(DataFolder folder)
    {
        _folder = folder;
        _database = new(folder);
        var log = new LoggerConfiguration();
        ServiceLog.ConfigureCommand(log, folder);
        _loggers = new(log.CreateLogger(), dispose: true);
        Keys = new(_database, new(TimeProvider.System), new(_loggers));
    }

    /// <summary>Who gives the command, for the audit log.</summary>
    public static string By => $"{Environment.UserName} on {Environment.MachineName}";

    public KeyStore Keys { get; }

    /// <exception cref="SettingsException">No service has been there.</exception>
    public static KeysPlace Existing(string path)
    {
        var folder = DataFolder.Beside(path);
        return File.Exists(folder.Database)
            ? Open(folder, path)
            : throw new SettingsException($"There is no database in {Path.GetFullPath(path)}: no service has used it. Name another with --data-folder.");
    }

    /// <summary>Also where no service has been yet: then the database is made.</summary>
    /// <param name="alone">It must not be in use.</param>
    /// <exception cref="SettingsException">It cannot be used, or not now.</exception>
    public static KeysPlace ForChange(string path, bool alone)
    {
        var beside = DataFolder.Beside(path);
        return !alone && File.Exists(beside.Database) ? Open(beside, path) : Migrated(path);
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    private static KeysPlace Open(DataFolder folder, string path)
    {
        var place = new KeysPlace(folder);
        try
        {
            if (place._database.OpenBeside())
            {
                return place;
            }
        }
        catch
        {
            place.Dispose();
            throw;
        }

        // Of an earlier version, which is no matter if its service does not run.
        place.Dispose();
        return Migrated(path);
    }

    private static KeysPlace Migrated(string path)
    {
        var place = new KeysPlace(new(path));
        try
        {
            place._database.Migrate();
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }
}
