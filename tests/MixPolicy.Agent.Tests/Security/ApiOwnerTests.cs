using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>Owners and keys on the HTTP port: the API and the pages.</summary>
public sealed class ApiOwnerTests : IAsyncLifetime
{
    private SecureService _service = null!;
    private HttpClient _ann = null!;
    private HttpClient _bob = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await SecureService.StartAsync();
        var client = await _service.ClientAsync("ann", "trainer");
        var run = await client.StartAsync(Scripted.PpoAgent());
        await client.DecideAsync(Scripted.Decide(run, 0));
        await client.DecideAsync(Scripted.Decide(run, 1));
        _ann = await HttpAsync("ann");
        _bob = await HttpAsync("bob");
        // What ann has looked at may be kept in memory: bob must not get it from there.
        foreach (var path in Paths)
        {
            (await _ann.GetAsync(path, Token)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static string[] Paths =>
    [
        "/api/v1/agents/a", "/api/v1/agents/a/runs/r", "/api/v1/agents/a/runs/r/metrics", "/api/v1/agents/a/runs/r/series.csv", "/api/v1/agents/a/runs/r/timeline",
        "/api/v1/agents/a/runs/r/decisions/0", "/api/v1/agents/a/runs/r/artifacts",
    ];

    [Fact]
    public async Task Api_OfAnothersRun_FindsNothing()
    {
        foreach (var path in Paths)
        {
            (await _bob.GetAsync(path, Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task Api_Lists_ShowOnesOwn()
    {
        foreach (var (http, count) in new[] { (_ann, 1), (_bob, 0) })
        {
            JsonNode.Parse(await http.GetStringAsync("/api/v1/runs", Token))!["total"]!.GetValue<int>().ShouldBe(count);
            (await http.GetStringAsync("/api/v1/agents", Token)).Contains("agents/a", StringComparison.Ordinal).ShouldBe(count > 0);
            (await http.GetStringAsync("/api/v1/runs.csv", Token)).Contains("agents/a", StringComparison.Ordinal).ShouldBe(count > 0);
            (await http.GetStringAsync("/api/v1/options", Token)).Contains("shapes", StringComparison.Ordinal).ShouldBe(count > 0);
        }
    }

    [Fact]
    public async Task Api_WithoutKey_IsRefused()
    {
        using var nobody = new HttpClient { BaseAddress = _service.Service.HttpAddress };
        foreach (var path in Paths.Append("/api/v1/runs").Append("/api/v1/watch?name=agents/-").Append("/api/v1/openapi.json"))
        {
            (await nobody.GetAsync(path, Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task Pages_WithoutSession_LeadToTheSignIn()
    {
        using var browser = _service.Browser();
        foreach (var path in new[] { "/", "/agents/a", "/agents/a/runs/r" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.Add(new("text/html"));
            (await browser.SendAsync(request, Token)).Headers.Location!.OriginalString.ShouldStartWith("/login?returnUrl=");
        }

        (await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Pages_ShowOnesOwn()
    {
        foreach (var (owner, sees) in new[] { ("ann", true), ("bob", false) })
        {
            using var browser = _service.Browser();
            await SignInTests.SignInAsync(browser, await _service.KeyAsync(owner, "viewer"));
            (await browser.GetStringAsync("/agents/a/runs/r", Token)).Contains("agents/a/runs/r does not exist", StringComparison.Ordinal).ShouldBe(!sees, owner);
        }
    }

    /// <summary>Whatever is added: what is open to all is listed here.</summary>
    [Fact]
    public async Task Endpoints_OpenToAll_AreThese()
    {
        await using var host = await AgentHost.StartAsync(
            new AgentOptions { DataFolder = Path.Combine(_service.Service.DataFolder, "other"), GrpcPort = 0, HttpPort = 0, LogToConsole = false, Authentication = AuthenticationKind.Keys },
            TimeProvider.System, Token);
        host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .Distinct()
            .ShouldBe(["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "grpc.health.v1.Health/{unimplementedMethod:grpcunimplemented}", "/health/live", "/login", "/login.css", "/logout"], ignoreOrder: true);
    }

    private async Task<HttpClient> HttpAsync(string owner)
    {
        var http = _service.Browser();
        http.DefaultRequestHeaders.Authorization = new("Bearer", await _service.KeyAsync(owner, "viewer"));
        return http;
    }
}
