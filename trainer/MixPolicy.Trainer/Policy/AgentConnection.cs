using Grpc.Net.Client;

namespace MixPolicy.Trainer.Policy;

/// <summary>The channel to an agent service.</summary>
public static class AgentConnection
{
    private const int MaximumMessage = 16 * 1024 * 1024;

    /// <param name="address">http:// means cleartext HTTP/2.</param>
    public static GrpcChannel Open(Uri address) => GrpcChannel.ForAddress(address, new()
    {
        // The service may be restarted at any moment; the channel's own back-off grows to two minutes otherwise.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
        MaxReconnectBackoff = TimeSpan.FromSeconds(5),
        MaxReceiveMessageSize = MaximumMessage,
        ThrowOperationCanceledOnCancellation = true,
        DisposeHttpClient = true,
        HttpHandler = new KeyHeader(KeyHeader.FromEnvironment(), new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            // Notices a peer that vanished without a word. Slower than any server's minimum, or it would cut us off.
            KeepAlivePingDelay = TimeSpan.FromMinutes(6),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        }),
    });
}
