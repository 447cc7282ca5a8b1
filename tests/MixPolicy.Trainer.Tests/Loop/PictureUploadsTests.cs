using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Client;
using MixPolicy.Testing;
using MixPolicy.Trainer.Loop;
using MixPolicy.Trainer.Reporting;
using MixPolicy.Trainer.Training;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Loop;

/// <summary>Uploads to the service itself, over a socket, and to one that is not there.</summary>
public sealed class PictureUploadsTests : IAsyncLifetime
{
    private const int Side = 8;

    private static readonly RunPlan Plan = new(
        new() { Random = new(), Seed = 5 }, new() { Intervals = 4, Classes = 10, PeakLearningRate = 0.1, Dataset = "shapes", Network = "tiny" }, "random", "shapes-s5");

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];
    private AgentHost _host = null!;
    private GrpcChannel _channel = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await AgentHost.StartAsync(_folder["agent"], Stop);
        _channel = AgentConnection.Open(_host.GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Sheet_IsAtTheServiceWhenTheTrainingHasEnded()
    {
        var client = new PolicyService.PolicyServiceClient(_channel);
        await using var session = await StartedAsync(client);
        await using (var uploads = new PictureUploads(client, session, _notices.Add, TimeProvider.System))
        {
            uploads.Offer(0, "rmix", Pictures());
        }

        _notices.ShouldBeEmpty();
        using var http = new HttpClient { BaseAddress = _host.HttpAddress };
        var listed = await http.GetStringAsync(new Uri($"/api/v1/{session.RunName}/artifacts", UriKind.Relative), Stop);
        var picture = System.Text.Json.Nodes.JsonNode.Parse(listed)!["artifacts"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)picture["id"]!, (int)picture["interval"]!, (string)picture["caption"]!, (string)picture["labels"]!["method"]!).ShouldBe(("mixed-000000", 0, "rmix α=0.87", "rmix"));
        var png = await http.GetByteArrayAsync(new Uri((string)picture["path"]!, UriKind.Relative), Stop);
        using var bitmap = SkiaSharp.SKBitmap.Decode(png);
        bitmap.Width.ShouldBe(1480);
    }

    [Fact]
    public async Task Sheet_OfAnEpochThatIsRepeated_IsTheOneThatIsThere()
    {
        var client = new PolicyService.PolicyServiceClient(_channel);
        await using var session = await StartedAsync(client);
        for (var time = 0; time < 2; time++)
        {
            await using var uploads = new PictureUploads(client, session, _notices.Add, TimeProvider.System);
            uploads.Offer(0, "rmix", Pictures());
        }

        _notices.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusal_IsToldOnce_AndHarmsNothing()
    {
        var client = new PolicyService.PolicyServiceClient(_channel);
        await using var session = await StartedAsync(client);
        // Interval 3 is not decided, and the other differs from what is there.
        foreach (var (epoch, setting) in new[] { (3, "rmix"), (3, "rmix"), (0, "rmix") })
        {
            await using var uploads = new PictureUploads(client, session, _notices.Add, TimeProvider.System);
            uploads.Offer(epoch, "rmix", Pictures(setting));
        }

        _notices.Count.ShouldBe(2);
        _notices.ShouldAllBe(notice => notice.StartsWith("The pictures of epoch 3 were not taken by the agent, which changes nothing else: header.interval is \"3\"", StringComparison.Ordinal));
        (await session.DecideAsync(0, Stop)).Decision.ShouldNotBeNull();
    }

    [Fact]
    public async Task ServiceThatIsAway_CostsTheTrainingNothing()
    {
        var client = new PolicyService.PolicyServiceClient(_channel);
        await using var session = await StartedAsync(client);
        using var nowhere = AgentConnection.Open(new($"http://127.0.0.1:{ClosedPort()}"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using (var uploads = new PictureUploads(new(nowhere), session, _notices.Add, TimeProvider.System))
        {
            for (var epoch = 0; epoch < 50; epoch++)
            {
                uploads.Offer(epoch, "rmix", Pictures());
            }

            // Offering waits for nothing, whatever becomes of the sheets.
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        }

        _notices.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Pictures_AreTakenOfEpochsMixedAsDecided()
    {
        var mixed = new Choice { Method = Method.Cutmix, LambdaAlpha = 1 };
        var decided = new Steering(mixed, new() { Choice = mixed });
        PictureUploads.Wants(decided).ShouldBeTrue();
        PictureUploads.Wants(decided.WithMixupOff()).ShouldBeFalse();
        PictureUploads.Wants(new(mixed, null)).ShouldBeFalse();
        PictureUploads.Wants(new(Choices.Vanilla, new() { Choice = Choices.Vanilla })).ShouldBeFalse();
    }

    private async Task<AgentSession> StartedAsync(PolicyService.PolicyServiceClient client)
    {
        var session = new AgentSession(client, Plan, new() { Patience = TimeSpan.FromSeconds(30), Notice = _notices.Add });
        await session.DecideAsync(0, Stop);
        return session;
    }

    private static MixedPictures Pictures(string setting = "rmix α=0.87")
    {
        float[] half = [.. Enumerable.Repeat(0.5f, Side * Side)];
        var image = new byte[3 * Side * Side];
        var source = new MixSource(image, half, half);
        return new(setting, true, [new(Side, [source, source], image, [new("cat", 0.5), new("dog", 0.5)])]);
    }

    private static int ClosedPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
