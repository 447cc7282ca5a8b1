using Grpc.Net.Client;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Cli.Tests;

/// <summary>A service on real sockets, with an agent and a run, and the program run against it.</summary>
public sealed class CliService : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-cli-").FullName;
    private AgentHost _host = null!;
    private GrpcChannel _channel = null!;
    private int _port;

    public string DataFolder => Path.Combine(_folder, "data");

    public string Address => $"http://127.0.0.1:{_port}/";

    public PolicyService.PolicyServiceClient Client => new(_channel);

    public async ValueTask InitializeAsync() => await ComeUpAsync();

    /// <summary>Stops the service; its data folder stays.</summary>
    public async Task GoDownAsync()
    {
        await _host.DisposeAsync();
        _channel.Dispose();
    }

    /// <summary>Starts it, the next times on the port that it had.</summary>
    public async Task ComeUpAsync()
    {
        var options = new AgentOptions { DataFolder = DataFolder, GrpcPort = _port, HttpPort = 0, ModelThreads = 1, LogToConsole = false };
        _host = await AgentHost.StartAsync(options, TimeProvider.System);
        _port = _host.GrpcAddress.Port;
        _channel = GrpcChannel.ForAddress(_host.GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An agent with a run "r", of which interval 0 is decided.</summary>
    /// <returns>How the next is asked for.</returns>
    public async Task<DecideRequest> DecideAsync(string agent)
    {
        await Client.CreateAgentAsync(new() { AgentId = agent, Spec = new() { Random = new(), Seed = 1 } });
        var started = await Client.StartRunAsync(new()
        {
            Parent = $"agents/{agent}",
            RunId = "r",
            Spec = new() { Intervals = 5, Classes = 10, PeakLearningRate = 0.1, Dataset = "shapes", Network = "tiny" },
        });
        var request = new DecideRequest { Run = started.Run.Name, LeaseToken = started.Lease.Token, Interval = 0 };
        await Client.DecideAsync(request);
        return new(request) { Interval = 1, Report = new() { Decision = $"{request.Run}/decisions/0", TrainLoss = 2, TrainTop1Weighted = 0.2, HoldoutLoss = 2, LearningRate = 0.1, Progress = 0.2 } };
    }

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => RunAsync(TestContext.Current.CancellationToken, args);

    public async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Tool.RunAsync([.. args, "--agent", Address], output, error, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
