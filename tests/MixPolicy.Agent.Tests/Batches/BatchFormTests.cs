using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>The forms a batch and its decision may come in.</summary>
public sealed class BatchFormTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Set_TakesAnyBatchSizeAndClassCount_AndChoosesAMethod()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set(chooseMethod: true));
        using var stream = new BatchClient(Client);
        var methods = new HashSet<Method>();
        for (var batch = 0; batch < 24; batch++)
        {
            var images = 1 + (batch % 5);
            var request = ScriptedBatches.Ask(started, batch, images);
            request.Observation = ScriptedBatches.Observation(batch, images, classes: 2 + (batch % 3));
            var decision = await stream.DecideAsync(request);
            decision.Bins.Length.ShouldBe(images);
            methods.Add(decision.Method);
        }

        methods.Count.ShouldBeGreaterThan(1);
        methods.ShouldBeSubsetOf([Method.RMix, Method.RMixChooseLeast, Method.CutTopPaste, Method.CutTopLeastPaste]);
    }

    [Fact]
    public async Task Taken_IsLoggedAndLearnedFrom()
    {
        var started = await Client.StartAsync(ScriptedBatches.Set());
        using var stream = new BatchClient(Client);
        for (var batch = 0; batch < 20; batch++)
        {
            var request = ScriptedBatches.Ask(started, batch);
            request.Taken = new()
            {
                Batch = batch,
                Bins = ByteString.CopyFrom([.. Enumerable.Range(0, ScriptedBatches.Images).Select(i => (byte)((i + batch) % 10))]),
                BinCount = 10,
                LogProbability = -13.5f,
                Value = 0.25f,
            };
            (await stream.DecideAsync(request)).ShouldBe(request.Taken);
            (await stream.DecideAsync(request)).ShouldBe(request.Taken);
            request.Taken.Value = 3;
            (await BatchClient.RefusedAsync(Client, request, StatusCode.AlreadyExists)).ShouldContain("taken.value: 0.25 there, 3 given");
        }

        using var other = new BatchClient(Client);
        (await other.DecideAsync(ScriptedBatches.Ask(started, 20))).PolicyVersion.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task BFloat16_IsSeenAsItsNumbers()
    {
        await Client.StartAsync(ScriptedBatches.Published());
        var first = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "x", Spec = Scripted.Run() });
        var same = await Client.StartAsync(ScriptedBatches.Published(), agentId: "b", runId: "x");
        var half = ScriptedBatches.Ask(first, 0);
        var whole = ScriptedBatches.Ask(same, 0);
        (half.Observation.Saliency, whole.Observation.Saliency) = Halved(half.Observation.Saliency);
        (half.Observation.Logits, whole.Observation.Logits) = Halved(half.Observation.Logits);
        (half.Observation.Losses, whole.Observation.Losses) = Halved(half.Observation.Losses);
        half.Observation.Packing = Packing.Bfloat16;
        using var stream = new BatchClient(Client);
        using var other = new BatchClient(Client);
        (await stream.DecideAsync(half)).ShouldBe(await other.DecideAsync(whole));
    }

    private static (ByteString Half, ByteString Whole) Halved(ByteString numbers)
    {
        var whole = numbers.ToByteArray();
        var half = new List<byte>();
        for (var i = 0; i < whole.Length; i += 4)
        {
            (whole[i], whole[i + 1]) = (0, 0);
            half.AddRange([whole[i + 2], whole[i + 3]]);
        }

        return (ByteString.CopyFrom([.. half]), ByteString.CopyFrom(whole));
    }
}
