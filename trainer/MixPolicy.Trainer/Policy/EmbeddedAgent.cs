using MixPolicy.Agent.Hosting;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Policy;

/// <summary>Where the agent service of a training is: elsewhere, or in this process. The only place that knows the service's code.</summary>
public sealed class EmbeddedAgent : IAsyncDisposable
{
    private readonly AgentHost? _host;

    private EmbeddedAgent(Uri address, AgentHost? host) => (Address, _host) = (address, host);

    /// <summary>Of its gRPC port.</summary>
    public Uri Address { get; }

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

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
