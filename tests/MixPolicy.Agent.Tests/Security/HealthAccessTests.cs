using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

public sealed class HealthAccessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnThisMachine_ReadinessNeedsNoKey()
    {
        await using var service = await SecureService.StartAsync();
        var health = new Health.HealthClient(service.Service.Channel);
        (await health.CheckAsync(new() { Service = "mixpolicy.v1.PolicyService" }, cancellationToken: Token)).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
        using var http = new HttpClient { BaseAddress = service.Service.HttpAddress };
        (await http.GetAsync("/health/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/health/live", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Over this machine's address on its network, which is how others come.</summary>
    [Fact]
    public async Task FromElsewhere_OnlyLivenessNeedsNoKey()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(address is null, "this machine has loopback only");
        await using var service = await SecureService.StartAsync(options => options with { Address = address.ToString() });
        using var http = new HttpClient { BaseAddress = service.Service.HttpAddress };
        (await http.GetAsync("/health/live", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/health/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Authorization = new("Bearer", await service.KeyAsync("ann", "viewer"));
        (await http.GetAsync("/health/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var channel = GrpcChannel.ForAddress(service.Service.GrpcAddress);
        var health = new Health.HealthClient(channel);
        (await health.CheckAsync(new() { Service = "live" }, cancellationToken: Token)).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
        await health.CheckAsync(new() { Service = "" }, cancellationToken: Token).RefusedAsync(StatusCode.Unauthenticated);
        using var watch = health.Watch(new() { Service = "mixpolicy.v1.PolicyService" }, cancellationToken: Token);
        (await Should.ThrowAsync<RpcException>(() => watch.ResponseStream.MoveNext(Token))).StatusCode.ShouldBe(StatusCode.Unauthenticated);
    }
}
