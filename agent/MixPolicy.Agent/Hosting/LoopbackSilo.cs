using System.Net;
using System.Net.Sockets;
using MixPolicy.Agent.Grains;
using Orleans.Configuration;

namespace MixPolicy.Agent.Hosting;

/// <summary>Orleans in this process and no other: a cluster of one, on a free loopback port, so that services side by side do not meet.</summary>
internal static class LoopbackSilo
{
    // An update with a full rollout of the largest size takes minutes; the call waits for it.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(10);

    public static void Configure(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0, clusterId: $"{Guid.NewGuid():N}", serviceId: "mixpolicy");
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = LongestCall);
        // Takes the trace of a call to its grain.
        silo.AddActivityPropagation();
        silo.AddIncomingGrainCallFilter<GrainFailures>();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
