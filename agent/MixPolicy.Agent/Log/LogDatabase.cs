using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Telemetry;

namespace MixPolicy.Agent.Log;

/// <summary>
/// The SQLite database of a data folder. Readers come from a pool; there is one writer, and its commits wait in line. WAL lets readers go on
/// meanwhile; <c>synchronous=FULL</c> makes a commit survive a power cut.
/// </summary>
public sealed class LogDatabase : IDisposable
{
    private const int BusyTimeoutSeconds = 10;

    private readonly SemaphoreSlim _writer = new(1);
    private readonly SqliteConnection _writing;
    private readonly DbContextOptions<LogContext> _writerOptions;
    private readonly DbContextOptions<LogContext> _readerOptions;
    private readonly LogAppend _append;
    private readonly WalFlush _wal;
    private readonly SqliteCommand _normal;
    private readonly SqliteCommand _full;
    private readonly AgentMetrics? _metrics;
    private int _waiting;

    // As Migrate and OpenBeside set it.
    private bool _flushes = true;

    /// <param name="metrics">Null where nothing is measured.</param>
    public LogDatabase(DataFolder folder, AgentMetrics? metrics = null)
    {
        _metrics = metrics;
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = folder.Database,
            DefaultTimeout = BusyTimeoutSeconds,
            ForeignKeys = true,
        };
        _readerOptions = new DbContextOptionsBuilder<LogContext>()
            .UseSqlite(connection.ConnectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .AddInterceptors(new BusyTimeout())
            .Options;
        // Kept open, so that its pragmas are set once.
        connection.Pooling = false;
        _writing = new(connection.ConnectionString);
        _append = new(_writing);
        _wal = new(folder.Database);
        (_normal, _full) = (Command("PRAGMA synchronous=NORMAL"), Command("PRAGMA synchronous=FULL"));
        _writerOptions = new DbContextOptionsBuilder<LogContext>().UseSqlite(_writing).Options;
    }

    /// <summary>Creates the database or brings it to the newest schema.</summary>
    /// <exception cref="SettingsException">The file is not a database of this service, or cannot be opened.</exception>
    public void Migrate()
    {
        try
        {
            _writing.Open();
            Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; " + BusyTimeout.Pragma);
            using var context = new LogContext(_writerOptions, Caller.Service);
            // Asked first, because a migration that has nothing to do still takes a good part of a start.
            if (context.Database.GetPendingMigrations().Any())
            {
                ReleaseMigrationLock();
                context.Database.Migrate();
            }

            SummaryFill.Run(_writing, context);
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException)
        {
            throw new SettingsException($"{_writing.DataSource}: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>Commits that wait for their turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Opens the database beside its service, to change what the service does not hold in memory.</summary>
    /// <returns>Whether it has the newest schema. It is not brought to it: that is for whoever holds the data folder.</returns>
    /// <exception cref="SettingsException">The file is not a database of this service, or cannot be opened.</exception>
    public bool OpenBeside()
    {
        try
        {
            _writing.Open();
            Execute("PRAGMA synchronous=FULL; " + BusyTimeout.Pragma);
            using var context = new LogContext(_writerOptions, Caller.Service);
            return !context.Database.GetPendingMigrations().Any();
        }
        catch (SqliteException e)
        {
            throw new SettingsException($"{_writing.DataSource}: {e.Message}", e);
        }
    }

    /// <summary>Reads what is committed, as far as <paramref name="caller"/> may see it.</summary>
    public LogContext Read(Caller caller) => new(_readerOptions, caller);

    /// <summary>Reads what is committed, as far as whoever this request or circuit is for may see it; nothing where that is nobody.</summary>
    public LogContext Read() => Read(Caller.Current ?? Caller.Anyone("nobody"));

    /// <summary>Reads all that is committed: for what the service does by itself, or after it has asked whose an agent is.</summary>
    public LogContext ReadAll() => Read(Caller.Service);

    /// <summary>Makes changes in one transaction, durable when the task completes.</summary>
    /// <param name="change">Adds, updates and removes rows. Called on a thread of the pool.</param>
    /// <exception cref="DbUpdateException">Nothing was changed.</exception>
    public Task CommitAsync(Action<LogContext> change) => Task.Run(async () =>
    {
        using var span = AgentTracing.Commit();
        Interlocked.Increment(ref _waiting);
        await _writer.WaitAsync();
        var begun = Begin();
        try
        {
            Demand(flushes: true);
            using var context = new LogContext(_writerOptions, Caller.Service);
            change(context);
            context.SaveChanges();
            Committed(begun);
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }
        finally
        {
            _writer.Release();
        }
    });

    /// <summary>Adds to the log of a run that is there, in one transaction, durable when it returns. It blocks until then: not for a thread of the grain scheduler.</summary>
    /// <inheritdoc cref="LogAppend.Append"/>
    public void Append(LogAddition addition) => Append(addition, isDurable: true);

    /// <summary>
    /// As <see cref="Append(LogAddition)"/>, for what must not wait for the disk: written when it returns, so that a kill of the process takes nothing away, and to be
    /// flushed by <see cref="Flush"/> right after. Where that was not done, the next addition does it, so a power cut takes one at most, and nothing that came before it.
    /// </summary>
    /// <inheritdoc cref="LogAppend.Append"/>
    public void AppendAhead(LogAddition addition) => Append(addition, isDurable: false);

    /// <summary>Makes durable what <see cref="AppendAhead"/> wrote. It never fails: the next addition would.</summary>
    public void Flush()
    {
        _writer.Wait();
        try
        {
            _wal.Flush();
        }
        catch (IOException)
        {
            // It stays due.
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose()
    {
        _append.Dispose();
        _wal.Dispose();
        _normal.Dispose();
        _full.Dispose();
        _writing.Dispose();
        _writer.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(ReaderConnectionString()));
    }

    private void Append(LogAddition addition, bool isDurable)
    {
        using var span = AgentTracing.Commit();
        Interlocked.Increment(ref _waiting);
        _writer.Wait();
        var begun = Begin();
        try
        {
            // Where the flush of the one before has failed, SQLite meets that itself, and refuses.
            var flushes = isDurable || _wal.IsDue;
            Demand(flushes);
            _append.Append(addition);
            _wal.IsDue = !flushes;
            Committed(begun);
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Whether the transactions that come are flushed to the disk, with all before them.</summary>
    private void Demand(bool flushes)
    {
        if (flushes != _flushes)
        {
            (flushes ? _full : _normal).ExecuteNonQuery();
            _flushes = flushes;
        }
    }

    private long Begin()
    {
        Interlocked.Decrement(ref _waiting);
        return Stopwatch.GetTimestamp();
    }

    private void Committed(long begun) => _metrics?.CommitDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);

    private string ReaderConnectionString()
    {
        using var context = ReadAll();
        return context.Database.GetConnectionString()!;
    }

    /// <summary>
    /// EF Core marks a running migration by a row, which a killed process leaves behind and the next would wait for. Whoever holds the data folder
    /// is alone, so a row found now is such a leftover.
    /// </summary>
    private void ReleaseMigrationLock()
    {
        using var find = _writing.CreateCommand();
        find.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'";
        if ((long)find.ExecuteScalar()! > 0)
        {
            Execute("DELETE FROM __EFMigrationsLock");
        }
    }

    private SqliteCommand Command(string sql)
    {
        var command = _writing.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private sealed class BusyTimeout : DbConnectionInterceptor
    {
        public static string Pragma { get; } = $"PRAGMA busy_timeout={BusyTimeoutSeconds * 1000};";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragma;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragma;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
