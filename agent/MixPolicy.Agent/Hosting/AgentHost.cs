using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Telemetry;

namespace MixPolicy.Agent.Hosting;

/// <summary>
/// The service inside another process: the trainer's single command, tests. It reads no configuration of that process, writes nothing to its
/// terminal, and several can run side by side.
/// </summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private AgentHost(WebApplication application) => _application = application;

    /// <summary>Where it serves gRPC (HTTP/2 without TLS).</summary>
    public Uri GrpcAddress => new(Addresses[0]);

    /// <summary>Where it serves /health/live and /health/ready.</summary>
    public Uri HttpAddress => new(Addresses[1]);

    /// <summary>What the service is made of, for tests and benchmarks beside it.</summary>
    internal IServiceProvider Services => _application.Services;

    /// <summary>Measures this service, and no other of the process.</summary>
    public Meter Meter => _application.Services.GetRequiredService<AgentMetrics>().Meter;

    private string[] Addresses => [.. _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Starts a service on free loopback ports.</summary>
    /// <param name="dataFolder">Folder of its database, snapshots and log files.</param>
    /// <exception cref="SettingsException">The folder is used by another service or cannot be written.</exception>
    public static Task<AgentHost> StartAsync(string dataFolder, CancellationToken cancellationToken = default) =>
        StartAsync(
            new AgentOptions { DataFolder = dataFolder, GrpcPort = 0, HttpPort = 0, ModelThreads = 1, LogToConsole = false },
            TimeProvider.System,
            cancellationToken);

    /// <param name="time">The clock of leases.</param>
    /// <inheritdoc cref="StartAsync(string, CancellationToken)"/>
    public static async Task<AgentHost> StartAsync(AgentOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        CommandLine.Validate(options);
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(AgentHost).Assembly.GetName().Name });
        var application = AgentApplication.Build(builder, options, time);
        try
        {
            await application.StartAsync(cancellationToken);
            return new(application);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends streams with UNAVAILABLE, lets other calls finish, closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
