using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using MixPolicy.Cli.Service;
using MixPolicy.Client;

namespace MixPolicy.Cli.Doctor;

/// <summary>Whether the service answers, is ready and lets us in.</summary>
internal static class ServiceCheck
{
    private const string Subject = "service";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Uri address, CancellationToken cancellationToken)
    {
        if (await ConnectAsync(address, cancellationToken) is { } refusal)
        {
            return
            [
                new(
                    Subject, Verdict.Broken, $"nothing answers at {address}: {refusal}",
                    "Start it (docker compose up agent, or dotnet run -c Release --project agent/MixPolicy.Agent), or name its address by --agent or MIXPOLICY_AGENT."),
            ];
        }

        try
        {
            using var connection = new Connection(address);
            var health = await new Health.HealthClient(connection.Channel).CheckAsync(
                new() { Service = V1.PolicyService.Descriptor.FullName }, deadline: DateTime.UtcNow + Patience, cancellationToken: cancellationToken);
            if (health.Status != HealthCheckResponse.Types.ServingStatus.Serving)
            {
                return [new(Subject, Verdict.Broken, $"{address} answers {health.Status}", "Its log (logs/ in the data folder) says why.")];
            }

            await connection.Client.ListAgentsAsync(new() { PageSize = 1 }, deadline: DateTime.UtcNow + Patience, cancellationToken: cancellationToken);
            return [new(Subject, Verdict.Ok, $"{address} is ready and lets us in")];
        }
        catch (RpcException e)
        {
            return [new(Subject, Verdict.Broken, $"{address}: {RpcErrors.Text(e)}", Cure(e.StatusCode))];
        }
    }

    private static string Cure(StatusCode code) => code switch
    {
        StatusCode.Unauthenticated => "Set MIXPOLICY_KEY or MIXPOLICY_KEY_FILE to a key that is valid; 'keys create' of the service makes one.",
        StatusCode.PermissionDenied => "Use a key with another role.",
        StatusCode.Unimplemented => "Another program listens there, or an older service.",
        _ => "The port may be that of HTTP (5081) instead of gRPC (5080), or http:// where the service has TLS (https://).",
    };

    private static async Task<string?> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        using var socket = new TcpClient();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, late.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no connection within {Patience.TotalSeconds:0} s";
        }
    }
}
