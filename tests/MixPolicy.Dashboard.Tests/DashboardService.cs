using Grpc.Net.Client;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Dashboard.Tests;

/// <summary>A service in this process, as the trainer hosts one, that comes back on the same HTTP port when it is restarted.</summary>
public sealed class DashboardService : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-dashboard-").FullName;
    private AgentHost? _host;
    private GrpcChannel? _channel;
    private int _port;

    private DashboardService()
    {
    }

    public PolicyService.PolicyServiceClient Client { get; private set; } = null!;

    public Uri Address => _host!.HttpAddress;

    public static async Task<DashboardService> StartAsync()
    {
        var service = new DashboardService();
        await service.ComeUpAsync();
        return service;
    }

    public async Task ComeUpAsync()
    {
        _host = await AgentHost.StartAsync(
            new AgentOptions { DataFolder = Path.Combine(_folder, "data"), GrpcPort = 0, HttpPort = _port, ModelThreads = 1, LogToConsole = false, StopSeconds = 2 },
            TimeProvider.System,
            TestContext.Current.CancellationToken);
        _port = Address.Port;
        _channel = GrpcChannel.ForAddress(_host.GrpcAddress);
        Client = new(_channel);
    }

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
