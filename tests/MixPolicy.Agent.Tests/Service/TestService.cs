using System.Diagnostics.Metrics;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Service;

/// <summary>A service on real sockets with a data folder of its own and a clock that stands still.</summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-agent-").FullName;
    private AgentHost _host = null!;
    private GrpcChannel? _channel;

    private readonly Func<AgentOptions, AgentOptions> _configure;

    private TestService(Func<AgentOptions, AgentOptions> configure) => _configure = configure;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public PolicyService.PolicyServiceClient Client { get; private set; } = null!;

    public GrpcChannel Channel => _channel!;

    public string DataFolder => Path.Combine(_folder, "data");

    public Uri HttpAddress => _host.HttpAddress;

    /// <summary>A part of the running service, asked by the service itself from here on: it sees the agents of all.</summary>
    public T Get<T>()
        where T : notnull
    {
        Caller.Current = Caller.Service;
        return _host.Services.GetRequiredService<T>();
    }

    public Meter Meter => _host.Meter;

    public int GrpcPort => _host.GrpcAddress.Port;

    public Uri GrpcAddress => _host.GrpcAddress;

    /// <param name="configure">Changes its settings.</param>
    public static async Task<TestService> StartAsync(Func<AgentOptions, AgentOptions>? configure = null)
    {
        var service = new TestService(configure ?? (options => options));
        await service.ComeUpAsync();
        return service;
    }

    public async Task ComeUpAsync()
    {
        _host = await AgentHost.StartAsync(
            _configure(new() { DataFolder = DataFolder, GrpcPort = 0, HttpPort = 0, ModelThreads = 1, LogToConsole = false, StopSeconds = 5 }),
            Time,
            TestContext.Current.CancellationToken);
        _channel?.Dispose();
        _channel = GrpcChannel.ForAddress(_host.GrpcAddress);
        Client = new(_channel.Intercept(new TestCancellation()));
    }

    /// <summary>Stops the service; its data folder stays.</summary>
    /// <remarks>The client's channel stays until the service comes up again: what the service said last may still be on its way to a call.</remarks>
    public async Task GoDownAsync() => await _host.DisposeAsync();

    public async Task RestartAsync()
    {
        await GoDownAsync();
        await ComeUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        _channel?.Dispose();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            foreach (var log in Directory.GetFiles(Path.Combine(DataFolder, "logs")))
            {
                TestContext.Current.TestOutputHelper?.WriteLine(await File.ReadAllTextAsync(log));
            }
        }

        Directory.Delete(_folder, recursive: true);
    }
}
