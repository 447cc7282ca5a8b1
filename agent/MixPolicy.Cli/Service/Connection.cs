using Grpc.Net.Client;
using MixPolicy.V1;

namespace MixPolicy.Cli.Service;

/// <summary>A connection to the service, for one command.</summary>
internal sealed class Connection(Uri address) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address, new() { ThrowOperationCanceledOnCancellation = true });

    public GrpcChannel Channel => _channel;

    public PolicyService.PolicyServiceClient Client => new(_channel);

    public void Dispose() => _channel.Dispose();
}
