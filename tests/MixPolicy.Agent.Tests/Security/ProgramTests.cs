using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MixPolicy.Agent.Tests.Crash;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>What the program that users start answers to foreign names and to browsers: it is put together differently from a service inside another process.</summary>
public sealed class ProgramTests(ProgramTests.Program program) : IClassFixture<ProgramTests.Program>
{
    private const string Foreign = "evil.example";

    private readonly ServiceProcess _service = program.Service;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ForeignName_IsRefusedByTheHttpPort_AndAllTheSameToTheGrpcPort()
    {
        using var web = new HttpClient();
        (await AskAsync(web, "/health/live", null)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(web, "/health/live", Foreign)).ShouldBe(HttpStatusCode.BadRequest);
        (await AskAsync(web, "/api/v1/agents", Foreign)).ShouldBe(HttpStatusCode.BadRequest);

        using var channel = GrpcChannel.ForAddress(_service.GrpcAddress, new() { HttpHandler = new Named(Foreign) });
        var client = new PolicyService.PolicyServiceClient(channel);
        (await client.CreateAgentAsync(new() { AgentId = "named", Spec = Scripted.RandomAgent() })).Name.ShouldBe("agents/named");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web-text")]
    public async Task GrpcPort_TakesNothingThatAPageCanSend(string type)
    {
        var agent = $"by-{type.Replace('/', '-')}";
        var message = new CreateAgentRequest { AgentId = agent, Spec = Scripted.RandomAgent() }.ToByteArray();
        // A whole call but for its type: a flag, the length, the message.
        using var content = new ByteArrayContent([0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message]);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);

        using var reply = await CallAsync(HttpMethod.Post, content);

        reply.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        await _service.Client.GetAgentAsync(new() { Name = $"agents/{agent}" }).RefusedAsync(StatusCode.NotFound);
        // The same bytes under the type that is taken are a call.
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var call = await CallAsync(HttpMethod.Post, content);
        call.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _service.Client.GetAgentAsync(new() { Name = $"agents/{agent}" })).Name.ShouldBe($"agents/{agent}");
    }

    [Fact]
    public async Task GrpcPort_AnswersNoPreflight()
    {
        using var reply = await CallAsync(
            HttpMethod.Options, null, ("Origin", $"https://{Foreign}"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));

        ((int)reply.StatusCode).ShouldBeInRange(400, 499);
        reply.Headers.Select(header => header.Key).ShouldNotContain(name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task GrpcPort_SpeaksNoHttp1()
    {
        using var web = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_service.GrpcAddress, "/health/live")) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            (await web.SendAsync(request, Token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
        catch (HttpRequestException)
        {
            // Kestrel may answer in HTTP/2, which is nothing to such a client.
        }
    }

    private async Task<HttpStatusCode> AskAsync(HttpClient web, string path, string? host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_service.HttpAddress, path));
        request.Headers.Host = host;
        using var reply = await web.SendAsync(request, Token);
        return reply.StatusCode;
    }

    private async Task<HttpResponseMessage> CallAsync(HttpMethod method, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        var request = new HttpRequestMessage(method, new Uri(_service.GrpcAddress, "/mixpolicy.v1.PolicyService/CreateAgent"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new("trailers"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await client.SendAsync(request, Token);
    }

    /// <summary>One process for all of these.</summary>
    public sealed class Program : IAsyncLifetime
    {
        internal ServiceProcess Service { get; } = new();

        public async ValueTask InitializeAsync() => await Service.UntilAnsweredAsync(client => client.ListAgentsAsync(new()));

        public ValueTask DisposeAsync()
        {
            Service.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Calls under another name than the address, which HTTP/2 has as <c>:authority</c>.</summary>
    private sealed class Named(string name) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host = name;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
