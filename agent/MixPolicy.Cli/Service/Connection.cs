using Grpc.Net.Client;
using MixPolicy.Client;
using MixPolicy.V1;

namespace MixPolicy.Cli.Service;

/// <summary>A connection to the service, for one command, with the key and certificates that the environment names.</summary>
internal sealed class Connection(Uri address) : IDisposable
{
    private readonly GrpcChannel _channel = AgentConnection.Open(address, AgentCredentials.FromEnvironment());

    public GrpcChannel Channel => _channel;

    public PolicyService.PolicyServiceClient Client => new(_channel);

    public void Dispose() => _channel.Dispose();
}
