using System.Diagnostics;
using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Telemetry;

public sealed class TracingTests : IAsyncLifetime
{
    private readonly Spans _spans = new();
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _spans.Dispose();
    }

    [Fact]
    public async Task Decide_Called_IsOneTraceFromTheCallerToTheDatabase()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var root = _spans.Begin();
        await Client.DecideAsync(Scripted.Decide(started, 0));
        var chain = _spans.Upwards(root, "commit");
        chain[0].Kind.ShouldBe(ActivityKind.Client);
        chain[0].GetTagItem("db.system.name").ShouldBe("sqlite");
        chain[1].OperationName.ShouldBe("policy");
        chain.ShouldContain(span => span.Source.Name == "Microsoft.Orleans.Application" && span.Kind == ActivityKind.Server);
        chain.ShouldContain(span => span.Source.Name == "Microsoft.AspNetCore");
        chain[^1].ShouldBe(root);
    }

    [Fact]
    public async Task Steer_MessagesWithTraces_BelongToTheirOwn()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var call = Client.Steer();
        for (var interval = 0; interval < 2; interval++)
        {
            using var root = _spans.Begin();
            var request = Scripted.Decide(started, interval);
            request.TraceParent = root.Id;
            await call.RequestStream.WriteAsync(new() { Decide = request });
            (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
            var chain = _spans.Upwards(root, "commit");
            chain[^2].OperationName.ShouldBe("Steer decide");
            chain[^2].GetTagItem("mixpolicy.run.name").ShouldBe(started.Run.Name);
            chain[^2].Links.ShouldHaveSingleItem();
            chain[^1].ShouldBe(root);
        }
    }

    [Fact]
    public async Task SteerBatches_MessageWithATrace_LeadsToTheDatabase()
    {
        var started = await Client.StartAsync(ScriptedBatches.Published());
        using var stream = new BatchClient(Client);
        using var root = _spans.Begin();
        var request = ScriptedBatches.Ask(started, 0);
        request.TraceParent = root.Id;
        await stream.DecideAsync(request);
        var chain = _spans.Upwards(root, "commit");
        chain[1].OperationName.ShouldBe("batch policy");
        chain[^2].OperationName.ShouldBe("SteerBatches message");
        chain[^1].ShouldBe(root);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-00")]
    public async Task Steer_TraceThatCannotBeRead_IsIgnored(string traceParent)
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var root = _spans.Begin();
        using var call = Client.Steer();
        var request = Scripted.Decide(started, 0);
        request.TraceParent = traceParent;
        await call.RequestStream.WriteAsync(new() { Decide = request });
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        // Then it is its stream's, whose headers the caller's trace came with.
        _spans.Upwards(root, "commit")[^1].ShouldBe(root);
    }

    [Fact]
    public async Task Decide_Refused_TellsItsSpan()
    {
        var started = await Client.StartAsync(Scripted.RandomAgent());
        using var root = _spans.Begin();
        using var call = Client.Steer();
        var request = Scripted.Decide(started, 7);
        request.TraceParent = root.Id;
        await call.RequestStream.WriteAsync(new() { Decide = request });
        await Should.ThrowAsync<Grpc.Core.RpcException>(() => call.ResponseStream.MoveNext(default));
        var span = _spans.Upwards(root, "Steer decide")[0];
        (span.Status, span.StatusDescription).ShouldBe((ActivityStatusCode.Error, "FailedPrecondition"));
        _spans.Any(root, "commit").ShouldBeFalse();
    }
}
