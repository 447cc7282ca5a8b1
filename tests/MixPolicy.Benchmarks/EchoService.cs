using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>A SteerBatches that does nothing: reads the message and answers with a decision of the real one's size. On loopback, HTTP/2, as the service.</summary>
internal sealed class EchoService : PolicyService.PolicyServiceBase
{
    public static async Task<(WebApplication Application, Uri Address)> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        var application = builder.Build();
        application.UseRouting();
        application.MapGrpcService<EchoService>();
        await application.StartAsync();
        return (application, new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }

    public override async Task SteerBatches(
        IAsyncStreamReader<SteerBatchesRequest> requestStream, IServerStreamWriter<SteerBatchesResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var request = requestStream.Current;
            var bins = Google.Protobuf.ByteString.CopyFrom(new byte[request.Observation.Images]);
            await responseStream.WriteAsync(
                new() { Decision = new() { Batch = request.Batch, Bins = bins, BinCount = 10, LogProbability = -230, Value = 1 } }, context.CancellationToken);
        }
    }
}
