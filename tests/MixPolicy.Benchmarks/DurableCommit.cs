using Microsoft.Data.Sqlite;

namespace MixPolicy.Benchmarks;

/// <summary>A durable commit of one row, as the service's: WAL, synchronous=FULL.</summary>
internal sealed class DurableCommit : IDisposable
{
    private readonly SqliteConnection _database;
    private readonly byte[] _row;

    public DurableCommit(string path, int rowBytes)
    {
        _row = new byte[rowBytes];
        _database = new($"Data Source={path};Pooling=False");
        _database.Open();
        using var command = _database.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log (id INTEGER PRIMARY KEY, payload BLOB)";
        command.ExecuteNonQuery();
    }

    public void Make()
    {
        using var command = _database.CreateCommand();
        command.CommandText = "INSERT INTO log (payload) VALUES ($payload)";
        command.Parameters.AddWithValue("$payload", _row);
        command.ExecuteNonQuery();
    }

    public void Dispose() => _database.Dispose();
}
