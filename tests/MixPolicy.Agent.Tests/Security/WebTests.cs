using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>What browsers may do on the HTTP port, with and without keys.</summary>
public sealed class WebTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("evil.example:5081", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.nip.io", HttpStatusCode.BadRequest)]
    [InlineData("localhost:1234", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("a.known.example", HttpStatusCode.OK)]
    public async Task Host_ThatIsNotOurs_IsRefused(string host, HttpStatusCode status)
    {
        await using var service = await TestService.StartAsync(options => options with { AllowedHosts = "*.known.example" });
        (await SendAsync(service, HttpMethod.Get, "/health/live", ("Host", host))).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Host_Missing_IsRefused()
    {
        await using var service = await TestService.StartAsync();
        (await RawAsync(service, "GET /health/live HTTP/1.0\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
    }

    [Theory]
    [InlineData("POST", "Sec-Fetch-Site: cross-site", 403)]
    [InlineData("POST", "Sec-Fetch-Site: same-site", 403)]
    [InlineData("GET", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: no-cors; Sec-Fetch-Dest: image", 403)]
    [InlineData("GET", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: navigate; Sec-Fetch-Dest: iframe", 403)]
    [InlineData("POST", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: navigate; Sec-Fetch-Dest: document", 403)]
    [InlineData("POST", "Origin: https://evil.example", 403)]
    [InlineData("POST", "Origin: null", 403)]
    [InlineData("GET", "Origin: http://127.0.0.1:1", 403)]
    [InlineData("GET", "Sec-Fetch-Site: cross-site; Sec-Fetch-Mode: navigate; Sec-Fetch-Dest: document", 200)]
    [InlineData("POST", "Sec-Fetch-Site: cross-site; Origin: null", 403)]
    [InlineData("GET", "Sec-Fetch-Site: same-origin", 200)]
    [InlineData("GET", "Sec-Fetch-Site: same-origin; Origin: null", 200)]
    [InlineData("GET", "Sec-Fetch-Site: none; Sec-Fetch-Mode: navigate; Sec-Fetch-Dest: document", 200)]
    [InlineData("GET", "", 200)]
    public async Task Request_FromAnotherSite_IsRefusedUnlessItIsALink(string method, string headers, int status)
    {
        await using var service = await TestService.StartAsync();
        (string, string)[] parsed = [.. headers.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(header => (header.Split(": ")[0], header.Split(": ")[1]))];
        ((int)(await SendAsync(service, new(method), "/health/live", parsed)).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task WebSocket_FromAnotherSite_IsRefused()
    {
        await using var service = await TestService.StartAsync();
        var reply = await RawAsync(
            service,
            $"GET /_blazor HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        reply.ShouldStartWith("HTTP/1.1 403");
    }

    [Fact]
    public async Task Origin_OfTheServiceItself_IsLetIn()
    {
        await using var service = await TestService.StartAsync();
        var origin = service.HttpAddress.GetLeftPart(UriPartial.Authority);
        (await SendAsync(service, HttpMethod.Get, "/health/live", ("Origin", origin))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(service, HttpMethod.Get, "/health/live", ("Host", "localhost"), ("Origin", "https://localhost"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/login")]
    [InlineData("/nothing-is-here")]
    public async Task EveryReply_HasTheHeadersThatHoldBrowsersBack(string path)
    {
        await using var service = await SecureService.StartAsync();
        var reply = await SendAsync(service.Service, HttpMethod.Get, path);
        var headers = reply.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        var content = headers["Content-Security-Policy"].Split("; ");
        content.ShouldContain("default-src 'none'");
        content.ShouldContain("script-src 'self'");
        content.ShouldContain("style-src 'self'");
        content.ShouldContain("frame-ancestors 'none'");
        headers["X-Content-Type-Options"].ShouldBe("nosniff");
        headers["X-Frame-Options"].ShouldBe("DENY");
        headers["Referrer-Policy"].ShouldBe("same-origin");
        headers["Permissions-Policy"].ShouldContain("camera=()");
        headers.ShouldNotContainKey("Server");
        headers.ShouldNotContainKey("Strict-Transport-Security");
    }

    [Fact]
    public async Task SignInPage_HasNothingThatItsPolicyForbids()
    {
        await using var service = await SecureService.StartAsync();
        var page = await (await SendAsync(service.Service, HttpMethod.Get, "/login")).Content.ReadAsStringAsync(Token);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<style");
        page.ShouldNotContain(" style=");
        (await SendAsync(service.Service, HttpMethod.Get, "/login.css")).Content.Headers.ContentType!.MediaType.ShouldBe("text/css");
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        await using var service = await SecureService.StartAsync();
        var reply = await RawAsync(
            service.Service, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n\r\n");
        reply.ShouldStartWith("HTTP/1.1 4");
    }

    [Fact]
    public async Task Headers_TooLarge_AreRefused()
    {
        await using var service = await TestService.StartAsync();
        (await RawAsync(service, $"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 20_000)}\r\n\r\n")).ShouldStartWith("HTTP/1.1 431");
    }

    [Fact]
    public async Task Message_TooLarge_IsRefused()
    {
        await using var service = await SecureService.StartAsync(options => options with { MaxMessageBytes = 64 * 1024 });
        var client = await service.ClientAsync("ann", "trainer");
        var request = new V1.CreateAgentRequest { AgentId = new string('x', 70_000), Spec = Scripted.RandomAgent() };
        await client.CreateAgentAsync(request).RefusedAsync(StatusCode.ResourceExhausted);
        await client.ListAgentsAsync(new());
    }

    [Fact]
    public async Task Connections_TooMany_AreTurnedAway()
    {
        await using var service = await TestService.StartAsync(options => options with { MaxConnections = 2 });
        using var first = await ConnectAsync(service);
        using var second = await ConnectAsync(service);
        (await AskAsync(first)).ShouldStartWith("HTTP/1.1 200");
        (await AskAsync(second)).ShouldStartWith("HTTP/1.1 200");
        using var third = await ConnectAsync(service);
        (await AskAsync(third)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ports_ServeWhatIsTheirs()
    {
        await using var service = await TestService.StartAsync();
        // The gRPC port speaks HTTP/2 without TLS, which no browser does.
        using var client = new HttpClient();
        using var page = new HttpRequestMessage(HttpMethod.Get, new Uri(service.GrpcAddress, "/health/live")) { Version = new(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        (await client.SendAsync(page, Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(service.HttpAddress, "/mixpolicy.v1.PolicyService/ListAgents")) { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        call.Content.Headers.ContentType = new("application/grpc");
        (await client.SendAsync(call, Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/..%2f..%2fetc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/login/../../agent.db")]
    [InlineData("//etc/passwd")]
    [InlineData("/login%00.css")]
    public async Task Path_WithTricks_LeadsNowhere(string path)
    {
        await using var service = await SecureService.StartAsync();
        var reply = await RawAsync(service.Service, $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        reply.ShouldStartWith("HTTP/1.1 4");
    }

    private static async Task<HttpResponseMessage> SendAsync(TestService service, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = service.HttpAddress };
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await client.SendAsync(request, Token);
    }

    private static async Task<string> RawAsync(TestService service, string text)
    {
        using var socket = await ConnectAsync(service);
        return await AskAsync(socket, text);
    }

    private static async Task<Socket> ConnectAsync(TestService service)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, service.HttpAddress.Port, Token);
        return socket;
    }

    /// <returns>The beginning of the reply, or nothing if the connection was closed.</returns>
    private static async Task<string> AskAsync(Socket socket, string text = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    {
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), Token);
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Token));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
