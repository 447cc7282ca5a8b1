using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Client;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Policy;

/// <summary>Where the agent service of a training is: elsewhere, or in this process. Beside what sends telemetry, the only place that knows the service's code.</summary>
public sealed class EmbeddedAgent : IAsyncDisposable
{
    private readonly Uri _address;
    private readonly AgentHost? _host;

    private EmbeddedAgent(Uri address, AgentHost? host) => (_address, _host) = (address, host);

    /// <summary>Hosts the service on a free loopback port with its database in the output folder, unless the settings name one.</summary>
    public static async Task<EmbeddedAgent> StartAsync(TrainSettings settings, RunFolder folder, CancellationToken cancellationToken)
    {
        if (settings.Agent != TrainSettings.Embedded)
        {
            return new(new(settings.Agent), null);
        }

        var host = await AgentHost.StartAsync(folder.Agent, cancellationToken);
        return new(host.GrpcAddress, host);
    }

    /// <summary>A channel to its gRPC port; with what the environment says of keys and certificates, where the service is elsewhere.</summary>
    public GrpcChannel Open() => AgentConnection.Open(_address, _host is null ? AgentCredentials.FromEnvironment() : null);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
