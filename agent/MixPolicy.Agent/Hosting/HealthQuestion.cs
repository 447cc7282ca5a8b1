using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Tls;

namespace MixPolicy.Agent.Hosting;

/// <summary>The <c>healthcheck</c> command: asks a running service, over its standard gRPC health service (grpc.health.v1), whether it can decide.</summary>
public static class HealthQuestion
{
    /// <summary>How the command is named, as the first argument.</summary>
    public const string Command = "healthcheck";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks once, on this machine, and writes one line about the answer.</summary>
    /// <param name="options">The settings that the service runs with.</param>
    /// <param name="output">Gets the line.</param>
    /// <returns>The exit code: 0 if the service is ready, 1 otherwise.</returns>
    public static async Task<int> AskAsync(AgentOptions options, TextWriter output)
    {
        if (options.GrpcPort == 0)
        {
            await output.WriteLineAsync($"unhealthy: {AgentOptions.Section}:{nameof(options.GrpcPort)} is 0, any free port; the check needs the one the service listens on");
            return 1;
        }

        var address = Address(options);
        try
        {
            // A proxy that the environment names has no part in a call to this machine.
            var handler = new SocketsHttpHandler { UseProxy = false };
            if (TlsListening.IsOn(options))
            {
                handler.SslOptions = CertificateFiles.ToOneself(options);
            }

            using var channel = GrpcChannel.ForAddress(address, new() { HttpHandler = handler, DisposeHttpClient = true });
            var reply = await new Health.HealthClient(channel).CheckAsync(
                new() { Service = V1.PolicyService.Descriptor.FullName }, deadline: DateTime.UtcNow + Patience);
            var ready = reply.Status == HealthCheckResponse.Types.ServingStatus.Serving;
            await output.WriteLineAsync(ready
                ? $"healthy: the service at {address} is ready"
                : $"unhealthy: the service at {address} answers {reply.Status}; its log says why");
            return ready ? 0 : 1;
        }
        catch (RpcException e)
        {
            await output.WriteLineAsync($"unhealthy: no answer from {address}: {e.Status.StatusCode}, {e.Status.Detail.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    /// <summary>A service on all interfaces is asked over loopback.</summary>
    private static Uri Address(AgentOptions options)
    {
        var listens = IPAddress.Parse(options.Address);
        var asked = listens.Equals(IPAddress.Any) ? IPAddress.Loopback : listens.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listens;
        return new($"{(TlsListening.IsOn(options) ? "https" : "http")}://{new IPEndPoint(asked, options.GrpcPort)}");
    }
}
