using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

public sealed class OwnerCallsTests
{
    [Fact]
    public async Task Owner_WithHalfOfTheConnectionsInStreams_GetsNoMore_AndOthersDo()
    {
        await using var service = await SecureService.StartAsync(options => options with { MaxConnections = 8 });
        var (ann, bob) = (await service.KeyAsync("ann", "trainer"), await service.KeyAsync("bob", "trainer"));
        var client = service.Client(ann);
        await client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() });
        var watches = new List<AsyncServerStreamingCall<RunEvent>>();
        for (var i = 0; i < 4; i++)
        {
            var watch = client.Watch(new() { Name = "agents/a" });
            await watch.ResponseHeadersAsync;
            watches.Add(watch);
        }

        var refusal = await client.ListAgentsAsync(new()).RefusedAsync(StatusCode.Unavailable);
        refusal.Status.Detail.ShouldBe("ann has 4 calls and streams open, as many as one owner may have (half of MaxConnections). Retry when some have ended.");
        // Of the owner, whatever the key and the port.
        await service.Client(await service.KeyAsync("ann", "viewer")).ListAgentsAsync(new()).RefusedAsync(StatusCode.Unavailable);
        (await AskAsync(service, ann)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await AskAsync(service, bob)).ShouldBe(HttpStatusCode.OK);
        await service.Client(bob).ListAgentsAsync(new());

        watches[0].Dispose();
        for (var tries = 0; await AskAsync(service, ann) != HttpStatusCode.OK; tries++)
        {
            tries.ShouldBeLessThan(500);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        watches.ForEach(watch => watch.Dispose());
    }

    private static async Task<HttpStatusCode> AskAsync(SecureService service, string key)
    {
        var browser = service.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/agents");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.ConnectionClose = true;
        using var reply = await browser.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }
}
