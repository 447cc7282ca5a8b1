using Grpc.Core;
using Grpc.Net.Client;

namespace MixPolicy.Client;

/// <summary>The channel to an agent service.</summary>
public static class AgentConnection
{
    private const int MaximumMessage = 16 * 1024 * 1024;

    /// <param name="address">http:// means cleartext HTTP/2, https:// TLS.</param>
    /// <param name="credentials">Null for a service that asks for none.</param>
    /// <exception cref="PolicyException">The credentials cannot be used; the message says which.</exception>
    public static GrpcChannel Open(Uri address, AgentCredentials? credentials = null)
    {
        var tls = address.Scheme == Uri.UriSchemeHttps;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            // Notices a peer that vanished without a word. Slower than any server's minimum, or it would cut us off.
            KeepAlivePingDelay = TimeSpan.FromMinutes(6),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        };
        if (tls && credentials is not null)
        {
            handler.SslOptions = credentials.Tls();
        }

        ChannelCredentials transport = tls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        return GrpcChannel.ForAddress(address, new()
        {
            Credentials = credentials?.Authorization() is { } authorization ? ChannelCredentials.Create(transport, Bearer(authorization)) : transport,
            // A key may go over a network one trusts without TLS, as that of containers on one host.
            UnsafeUseInsecureChannelCallCredentials = true,
            // The service may be restarted at any moment; the channel's own back-off grows to two minutes otherwise.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
            MaxReconnectBackoff = TimeSpan.FromSeconds(5),
            MaxReceiveMessageSize = MaximumMessage,
            ThrowOperationCanceledOnCancellation = true,
            DisposeHttpClient = true,
            HttpHandler = handler,
        });
    }

    private static CallCredentials Bearer(string authorization) => CallCredentials.FromInterceptor((_, metadata) =>
    {
        metadata.Add("authorization", authorization);
        return Task.CompletedTask;
    });
}
