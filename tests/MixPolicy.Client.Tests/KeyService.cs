using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MixPolicy.V1;

namespace MixPolicy.Client.Tests;

/// <summary>One call of the contract that wants a key, over a real socket, with TLS and a client certificate if asked to.</summary>
internal sealed class KeyService(string key) : PolicyService.PolicyServiceBase, IAsyncDisposable
{
    private WebApplication _application = null!;

    public Uri Address { get; private set; } = null!;

    /// <param name="key">The one that opens.</param>
    /// <param name="certificate">The server's; null for cleartext.</param>
    /// <param name="client">Thumbprint of the one client that may connect; null for all.</param>
    public static async Task<KeyService> StartAsync(string key, X509Certificate2? certificate, string? client, CancellationToken cancellationToken)
    {
        var service = new KeyService(key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null)
            {
                listen.UseHttps(certificate, https =>
                {
                    https.ClientCertificateMode = client is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == client;
                });
            }
        }));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        service._application = builder.Build();
        service._application.MapGrpcService<KeyService>();
        await service._application.StartAsync(cancellationToken);
        var listens = new Uri(service._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        service.Address = new($"{listens.Scheme}://localhost:{listens.Port}");
        return service;
    }

    public override Task<V1.Agent> GetAgent(GetAgentRequest request, ServerCallContext context) =>
        context.RequestHeaders.GetValue("authorization") == $"Bearer {key}"
            ? Task.FromResult(new V1.Agent { Name = request.Name })
            : throw new RpcException(new(StatusCode.Unauthenticated, "no key"));

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
