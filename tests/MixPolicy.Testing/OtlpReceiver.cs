using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace MixPolicy.Testing;

/// <summary>A receiver of OTLP on loopback, by HTTP and by gRPC. It keeps what comes as it is.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    // A gRPC message: not compressed, length 0. What an export is answered with.
    private static readonly byte[] EmptyMessage = [0, 0, 0, 0, 0];
    private const int MessageHeader = 5;

    private readonly WebApplication _application;
    private readonly ConcurrentQueue<(string Signal, byte[] Message)> _received = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _application = builder.Build();
        _application.Run(ReceiveAsync);
    }

    /// <summary>Of the protocol http/protobuf.</summary>
    public string HttpAddress => Addresses[0];

    /// <summary>Of the protocol grpc.</summary>
    public string GrpcAddress => Addresses[1];

    private string[] Addresses => [.. _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var receiver = new OtlpReceiver();
        await receiver._application.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>How often a text is in what came of a signal.</summary>
    /// <param name="signal">metrics, traces or logs.</param>
    public int Count(string signal, string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        return Messages(signal).Sum(message => Occurrences(message, wanted));
    }

    /// <summary>The spans that came so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans() => [.. Messages("traces").SelectMany(OtlpSpan.Read)];

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static int Occurrences(ReadOnlySpan<byte> message, ReadOnlySpan<byte> wanted)
    {
        var count = 0;
        for (var at = message.IndexOf(wanted); at >= 0; at = message.IndexOf(wanted))
        {
            count++;
            message = message[(at + wanted.Length)..];
        }

        return count;
    }

    private IEnumerable<byte[]> Messages(string signal) => _received.Where(received => received.Signal == signal).Select(received => received.Message);

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        // /v1/metrics, or /opentelemetry.proto.collector.metrics.v1.MetricsService/Export; traces come as "trace" there.
        var path = context.Request.Path.Value!;
        var signal = path.Contains("metrics", StringComparison.Ordinal) ? "metrics" : path.Contains("logs", StringComparison.Ordinal) ? "logs" : "traces";
        if (context.Request.Protocol == "HTTP/2")
        {
            _received.Enqueue((signal, body.ToArray()[MessageHeader..]));
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(EmptyMessage);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            _received.Enqueue((signal, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
        }
    }
}
