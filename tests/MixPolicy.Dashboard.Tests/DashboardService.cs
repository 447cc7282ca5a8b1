using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.V1;

namespace MixPolicy.Dashboard.Tests;

/// <summary>A service in this process, as the trainer hosts one, that comes back on the same HTTP port when it is restarted.</summary>
public sealed class DashboardService : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-dashboard-").FullName;
    private AgentHost? _host;
    private GrpcChannel? _channel;
    private int _port;

    private readonly AuthenticationKind _authentication;

    private DashboardService(AuthenticationKind authentication) => _authentication = authentication;

    public PolicyService.PolicyServiceClient Client { get; private set; } = null!;

    public Uri Address => _host!.HttpAddress;

    public static async Task<DashboardService> StartAsync(AuthenticationKind authentication = AuthenticationKind.None)
    {
        var service = new DashboardService(authentication);
        await service.ComeUpAsync();
        return service;
    }

    public async Task ComeUpAsync()
    {
        _host = await AgentHost.StartAsync(
            new AgentOptions { DataFolder = Path.Combine(_folder, "data"), GrpcPort = 0, HttpPort = _port, ModelThreads = 1, LogToConsole = false, StopSeconds = 2, Authentication = _authentication },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        _port = Address.Port;
        _channel = GrpcChannel.ForAddress(_host.GrpcAddress);
        Client = new(_channel);
    }

    /// <summary>Runs <c>keys</c> beside the service.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> KeysAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await AdministratorCommands.RunAsync(
            ["keys", .. arguments, "--data-folder", Path.Combine(_folder, "data")], new ConfigurationBuilder(), output, TextWriter.Null, TestContext.Current.CancellationToken);
        code.ShouldBe(0);
        return output.ToString().Trim();
    }

    /// <summary>A client that sends a key.</summary>
    public PolicyService.PolicyServiceClient ClientWith(string key) => new(_channel!.Intercept(metadata =>
    {
        metadata.Add("authorization", $"Bearer {key}");
        return metadata;
    }));

    public async Task GoDownAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _channel!.Dispose();
            _host = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        foreach (var log in Directory.GetFiles(Path.Combine(_folder, "data", "logs")))
        {
            // Shown where the test fails.
            TestContext.Current.TestOutputHelper?.WriteLine(await File.ReadAllTextAsync(log));
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException e)
        {
            // Not to hide why the test failed.
            TestContext.Current.TestOutputHelper?.WriteLine(e.Message);
        }
    }
}
