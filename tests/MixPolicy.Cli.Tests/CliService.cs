using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.V1;

namespace MixPolicy.Cli.Tests;

/// <summary>A service on real sockets, with an agent and a run, and the program run against it.</summary>
public sealed class CliService : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-cli-").FullName;
    private AgentHost _host = null!;
    private GrpcChannel _channel = null!;

    public string DataFolder => Path.Combine(_folder, "data");

    public string Address => _host.GrpcAddress.ToString();

    public PolicyService.PolicyServiceClient Client => new(_channel);

    public async ValueTask InitializeAsync()
    {
        _host = await AgentHost.StartAsync(DataFolder);
        _channel = GrpcChannel.ForAddress(_host.GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An agent "a" with a run "r", of which interval 0 is decided.</summary>
    public async Task DecideAsync(string agent = "a")
    {
        await Client.CreateAgentAsync(new() { AgentId = agent, Spec = new() { Random = new(), Seed = 1 } });
        var started = await Client.StartRunAsync(new()
        {
            Parent = $"agents/{agent}",
            RunId = "r",
            Spec = new() { Intervals = 5, Classes = 10, PeakLearningRate = 0.1, Dataset = "shapes", Network = "tiny" },
        });
        await Client.DecideAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Interval = 0 });
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
