using Grpc.Core;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Artifacts;

public sealed class UploadTests : IAsyncLifetime
{
    private TestService _service = null!;
    private StartRunResponse _started = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _started = await Client.StartAsync(Scripted.RandomAgent());
        await Client.DecideAsync(Scripted.Decide(_started, 0));
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Picture_IsKept_ServedAndStaysAfterARestart()
    {
        var data = Picture.Png(200);
        var artifact = await Client.UploadAsync(Picture.Header(_started, data), data);
        (artifact.Name, artifact.Interval, artifact.Size, artifact.Caption).ShouldBe(("agents/a/runs/r/artifacts/mixed-0", 0, data.Length, "cutmix, α 1"));
        await _service.RestartAsync();
        var info = (await _service.Get<ArtifactShelf>().ListAsync(new("a", "r"), Cancellation)).ShouldHaveSingleItem();
        (info.Name, info.Caption, info.Labels["method"]).ShouldBe((artifact.Name, artifact.Caption, "cutmix"));

        using var http = new HttpClient { BaseAddress = _service.HttpAddress };
        using var reply = await http.GetAsync(new Uri(info.Path, UriKind.Relative), Cancellation);
        (await reply.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(data);
        reply.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        reply.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        reply.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
        reply.Headers.CacheControl!.ToString().ShouldContain("immutable");
        reply.Content.Headers.ContentDisposition!.ToString().ShouldBe($"inline; filename=\"a-r-{info.Sha256[..12]}.png\"");
    }

    [Fact]
    public async Task SamePictureAgain_IsAccepted_AndAnotherUnderItsIdRefused()
    {
        var (data, other) = (Picture.Png(), Picture.Png(level: 7));
        var first = await Client.UploadAsync(Picture.Header(_started, data), data);
        _service.Time.Advance(TimeSpan.FromSeconds(5));
        (await Client.UploadAsync(Picture.Header(_started, data), data)).ShouldBe(first);
        var refused = await Refused(Picture.Header(_started, other), other, StatusCode.AlreadyExists);
        refused.ShouldContain("agents/a/runs/r/artifacts/mixed-0 is there already and differs: header.sha256");
        // The same bytes under another id are one file.
        await Client.UploadAsync(Picture.Header(_started, data, "mixed-1"), data);
        Files().Length.ShouldBe(1);
        (await _service.Get<ArtifactShelf>().ListAsync(new("a", "r"), Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Pictures_AreDeletedWithTheirAgent()
    {
        var data = Picture.Png();
        await Client.UploadAsync(Picture.Header(_started, data), data);
        Files().Length.ShouldBe(1);
        await Client.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        Files().ShouldBeEmpty();
        _started = await Client.StartAsync(Scripted.RandomAgent());
        (await _service.Get<ArtifactShelf>().ListAsync(new("a", "r"), Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task FinishedRun_StillTakesPicturesFromItsHolder()
    {
        await Client.FinishRunAsync(new() { Run = _started.Run.Name, LeaseToken = _started.Lease.Token });
        var data = Picture.Png();
        (await Client.UploadAsync(Picture.Header(_started, data), data)).Interval.ShouldBe(0);
    }

    [Fact]
    public async Task Lease_IsAskedForAsByDecide()
    {
        var data = Picture.Png();
        var header = Picture.Header(_started, data);
        header.LeaseToken = "0123456789abcdef";
        await Refused(header, data, StatusCode.Aborted);
        header.LeaseToken = "";
        await Refused(header, data, StatusCode.Aborted);
        _service.Time.Advance(TimeSpan.FromHours(1));
        (await Refused(Picture.Header(_started, data), data, StatusCode.Aborted)).ShouldContain("lapsed");
        Files().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a\0b")]
    public async Task Id_ThatCouldBeAPath_IsRefused(string id)
    {
        var data = Picture.Png();
        (await Refused(Picture.Header(_started, data, id), data, StatusCode.InvalidArgument)).ShouldStartWith("header.artifact_id is");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task Header_OfTheWrongForm_IsRefusedWithWhatIsAllowed()
    {
        var data = Picture.Png();
        (await Refused(null, data, StatusCode.InvalidArgument)).ShouldBe("header is \"unset\"; allowed: set, in the first message.");
        await With(header => header.Run = "agents/../runs/r", "header.run is");
        await With(header => header.Interval = 1, "header.interval is \"1\"; allowed: an integer in [0, 0]");
        await With(header => header.Interval = -1, "header.interval is -1");
        await With(header => header.MediaType = "image/svg+xml", "header.media_type is \"image/svg+xml\"; allowed: image/png.");
        await With(header => header.Size = 0, "header.size is 0");
        await With(header => header.Size = 5L << 20, "header.size is 5242880; allowed: an integer in [1, 4194304].");
        await With(header => header.Sha256 = Google.Protobuf.ByteString.Empty, "header.sha256 is 0 bytes long");
        await With(header => header.Caption = new('x', 201), "header.caption is 201 characters long");
        await With(header => header.Labels.Add(Enumerable.Range(0, 16).ToDictionary(i => $"k{i}", i => "")), "header.labels is 17 entries long");
        (await Refused(new(Picture.Header(_started, data)) { Run = "agents/a/runs/gone" }, data, StatusCode.NotFound)).ShouldContain("agents/a/runs/gone");
        Files().ShouldBeEmpty();

        async Task With(Action<ArtifactHeader> change, string message)
        {
            var header = Picture.Header(_started, data);
            change(header);
            (await Refused(header, data, StatusCode.InvalidArgument)).ShouldStartWith(message);
        }
    }

    [Fact]
    public async Task Bytes_ThatAreNotThePictureOfTheHeader_AreRefused()
    {
        var data = Picture.Png();
        var damaged = (byte[])data.Clone();
        damaged[40] ^= 1;
        (await Refused(Picture.Header(_started, data), damaged, StatusCode.InvalidArgument)).ShouldContain("header.sha256");
        (await Refused(Picture.Header(_started, data), data[..^1], StatusCode.InvalidArgument)).ShouldContain($"data is \"{data.Length - 1} bytes in all pieces\"");
        (await Refused(Picture.Header(_started, data), [.. data, 0], StatusCode.InvalidArgument)).ShouldContain($"data is \"{data.Length + 1} bytes so far\"");
        await Form("<script>alert(1)</script>"u8.ToArray(), "not a PNG file");
        await Form([.. data, .. "<script>"u8], "bytes after it");
        await Form(data[..^4], "breaks off");
        await Form(Picture.Png()[..8], "breaks off");
        var huge = (byte[])data.Clone();
        huge[16] = 0x7f;
        await Form(huge, "pixels a side");
        Files().ShouldBeEmpty();

        async Task Form(byte[] bytes, string message) => (await Refused(Picture.Header(_started, bytes), bytes, StatusCode.InvalidArgument)).ShouldContain(message);
    }

    [Fact]
    public async Task Piece_LargerThanAllowed_IsRefused()
    {
        var data = new byte[(1 << 20) + 1];
        (await Refused(Picture.Header(_started, data), data, StatusCode.InvalidArgument, piece: data.Length)).ShouldContain("data is \"1048577 bytes long\"; allowed: at most 1048576 bytes");
    }

    [Theory]
    [InlineData(999, 0L, true)]
    [InlineData(1000, 0L, false)]
    [InlineData(5, (256L << 20) - 100, true)]
    [InlineData(5, (256L << 20) - 99, false)]
    public void Run_HasRoomForSoManyPictures(int count, long bytes, bool room)
    {
        void Demand() => ArtifactRules.DemandRoom(new("a", "r"), count, bytes, 100);
        if (room)
        {
            Should.NotThrow(Demand);
        }
        else
        {
            Should.Throw<RefusalException>(Demand).Code.ShouldBe(StatusCode.ResourceExhausted);
        }
    }

    [Fact]
    public async Task Disk_ThatHasLittleRoom_TakesNoPictures_ButDecisions()
    {
        var (data, files) = (Picture.Png(), _service.Get<ArtifactFiles>());
        files.FreeBytes().ShouldBeGreaterThan(0);
        files.FreeBytes = () => ArtifactRules.LeftFree + data.Length - 1;
        (await Refused(Picture.Header(_started, data), data, StatusCode.ResourceExhausted)).ShouldBe("The service's disk has 1024 MiB left; pictures are taken while they leave 1024 MiB.");
        Files().ShouldBeEmpty();
        await Client.DecideAsync(Scripted.Decide(_started, 1));
        files.FreeBytes = () => ArtifactRules.LeftFree + data.Length;
        await Client.UploadAsync(Picture.Header(_started, data), data);
    }

    [Theory]
    [InlineData("..%2F..%2F..%2Fagent.db")]
    [InlineData("%2e%2e%2fagent.db")]
    [InlineData("agent.db")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000.png")]
    public async Task File_ThatIsNoPictureOfTheRun_IsNotServed(string file)
    {
        using var http = new HttpClient { BaseAddress = _service.HttpAddress };
        using var reply = await http.GetAsync(new Uri($"/api/v1/agents/a/runs/r/artifacts/{file}", UriKind.Relative), Cancellation);
        reply.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private async Task<string> Refused(ArtifactHeader? header, byte[] data, StatusCode code, int piece = 50)
    {
        var refusal = await Should.ThrowAsync<RpcException>(() => Client.UploadAsync(header, data, piece));
        refusal.StatusCode.ShouldBe(code, refusal.Status.Detail);
        return refusal.Status.Detail;
    }

    private string[] Files()
    {
        var folder = Path.Combine(_service.DataFolder, "artifacts");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
    }
}
