using System.Diagnostics;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>
/// What a decision costs over loopback, once warm: against an RPC that does nothing on the same channel, and a durable commit of one row on the same
/// disk. The three take turns, so that whatever else the machine does meets all of them.
/// </summary>
internal static class Decide
{
    private const int WarmUp = 1000;
    private const int Samples = 800;

    // As large as a decision with its observation.
    private const int RowBytes = 600;

    public static IEnumerable<Measurement> Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-decide-");
        await using var host = await AgentHost.StartAsync(Path.Combine(folder.FullName, "agent"));
        using var channel = GrpcChannel.ForAddress(host.GrpcAddress);
        var client = new PolicyService.PolicyServiceClient(channel);
        var health = new Health.HealthClient(channel);
        var trainer = new ScriptedTrainer(client, "bench", intervals: 100);
        await trainer.CreateAgentAsync();
        using var database = OpenDatabase(Path.Combine(folder.FullName, "commit.db"));

        var (echo, commit, decide) = (new double[Samples], new double[Samples], new double[Samples]);
        for (var i = -WarmUp; i < Samples; i++)
        {
            var request = await trainer.NextAsync();
            var echoTime = await TimeAsync(() => health.CheckAsync(new() { Service = "live" }).ResponseAsync);
            var commitTime = await TimeAsync(() => Task.Run(() => CommitRow(database)));
            var decideTime = await TimeAsync(() => client.DecideAsync(request).ResponseAsync);
            if (i >= 0)
            {
                (echo[i], commit[i], decide[i]) = (echoTime, commitTime, decideTime);
            }
        }

        database.Close();
        var measurements = new[]
        {
            Measurement.FromSamples("echo", echo) with { Note = "grpc.health.v1 Check of 'live', same channel" },
            Measurement.FromSamples("commit", commit) with { Note = $"one row of {RowBytes} bytes, WAL, synchronous=FULL" },
            Measurement.FromSamples("decide", decide) with { Note = "policy ppo, report and decision, an update every 8" },
        };
        var excess = measurements[2].MedianMs - measurements[0].MedianMs - measurements[1].MedianMs;
        return [.. measurements, new("decide-excess", Against: "echo + commit", Value: excess, Note: "median, milliseconds; demanded: at most 1")];
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static SqliteConnection OpenDatabase(string path)
    {
        var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log (id INTEGER PRIMARY KEY, payload BLOB)";
        command.ExecuteNonQuery();
        return database;
    }

    private static void CommitRow(SqliteConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = "INSERT INTO log (payload) VALUES ($payload)";
        command.Parameters.AddWithValue("$payload", new byte[RowBytes]);
        command.ExecuteNonQuery();
    }
}
