using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Api;

/// <summary>Asks the JSON API of a service as others' dashboards would.</summary>
internal sealed class ApiClient(TestService service) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new(service.HttpAddress, "/api/v1/") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> AskAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

    public Task<string> TextAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);

    public async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await TextAsync(path))!;

    /// <summary>The problem that an answer tells.</summary>
    public async Task<JsonNode> RefusedAsync(string path, int status)
    {
        using var reply = await AskAsync(path);
        var text = await reply.Content.ReadAsStringAsync(Cancellation);
        ((int)reply.StatusCode).ShouldBe(status, text);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Events as a browser gets them, to the end of the stream.</summary>
    public async IAsyncEnumerable<SseItem<JsonNode>> WatchAsync(string query, string? lastEventId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"watch?{query}", UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        reply.EnsureSuccessStatusCode();
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await using var stream = await reply.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream, (_, data) => JsonNode.Parse(data)!).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    public void Dispose() => _http.Dispose();
}
