using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

public sealed class BatchRefusalTests : IAsyncLifetime
{
    private TestService _service = null!;
    private StartRunResponse _started = null!;
    private StartRunResponse _set = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _started = await Client.StartAsync(ScriptedBatches.Published());
        _set = await Client.StartAsync(ScriptedBatches.Set(), agentId: "set");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Message_NotAllowed_NamesFieldAndWhatIsAllowed()
    {
        await InvalidAsync(request => request.Run = "what", "run", "agents/");
        await InvalidAsync(request => request.Batch = -1, "batch is -1");
        await InvalidAsync(request => request.Progress = 1.5, "progress is 1.5");
        await InvalidAsync(request => request.Progress = double.NaN, "progress is NaN");
        await InvalidAsync(request => request.Observation.Images = 0, "observation.images is 0", "[1, 4096]");
        await InvalidAsync(request => request.Observation.Classes = 1, "observation.classes is 1");
        await InvalidAsync(request => request.Observation.Patches = 33, "observation.patches is 33");
        await InvalidAsync(request => request.Observation.Packing = (Packing)9, "observation.packing is 9", "PACKING_BFLOAT16");
        await InvalidAsync(request => request.Observation.Saliency = ByteString.CopyFrom([1, 2, 3]), "observation.saliency is 3 bytes long", "384 bytes");
        await InvalidAsync(request => request.Observation.Packing = Packing.Bfloat16, "observation.saliency is 384 bytes long", "192 bytes");
        await InvalidAsync(request => request.Observation.Logits = ByteString.Empty, "observation.logits is 0 bytes long", "240 bytes");
        await InvalidAsync(request => request.Observation.Logits = With(request.Observation.Logits, 37, float.NaN), "observation.logits[37] is NaN", "finite");
        await InvalidAsync(request => request.Observation.Logits = With(request.Observation.Logits, 59, float.PositiveInfinity), "observation.logits[59]");
        await InvalidAsync(request => request.Observation.Logits = With(request.Observation.Logits, 59, 3e38f), "observation.logits[59] is 3E+38", "[-1000000, 1000000]");
        await InvalidAsync(request => request.Observation.Losses = With(request.Observation.Losses, 2, 2e6f), "observation.losses[2] is 2000000", "[0, 1000000]");
        await InvalidAsync(request => request.Observation.Saliency = With(request.Observation.Saliency, 20, -1), "observation.saliency[20] is -1");
        await InvalidAsync(request => request.Observation.Saliency = With(request.Observation.Saliency, 20, 1), "image 1", "sum of 1");
        await InvalidAsync(request => request.Observation.Losses = With(request.Observation.Losses, 2, -1), "observation.losses[2] is -1");
        await InvalidAsync(request => request.Observation.Lambda = 1.1, "observation.lambda is 1.1");
        await InvalidAsync(request => request.Observation.Partners[1] = request.Observation.Partners[0], "observation.partners[1]", "permutation");
        await InvalidAsync(request => request.Observation.Partners.Add(3), "observation.partners is 7 entries long");
        await InvalidAsync(request => request.Rewards.Add(new BatchReward { Rewards = ByteString.CopyFrom([1, 2]) }), "rewards[0].rewards is 2 bytes long");
        await InvalidAsync(request => request.Rewards.Add(new BatchReward { Rewards = ScriptedBatches.Packed([2e6f]) }), "rewards[0].rewards[0] is 2000000", "1000000");
        await InvalidAsync(request => request.Rewards.Add(new BatchReward { Rewards = ScriptedBatches.Packed([float.NaN]) }), "rewards[0].rewards[0] is NaN");
        await InvalidAsync(request => request.Rewards.Add(Enumerable.Repeat(ScriptedBatches.Reward(0), 257)), "rewards is 257 entries long", "at most 256");
    }

    [Fact]
    public async Task Observation_NotThePolicys_IsRefused()
    {
        await InvalidAsync(request => request.Observation = ScriptedBatches.Observation(0, images: 7), "observation.images is 7", "6");
        await InvalidAsync(request => request.Observation = ScriptedBatches.Observation(0, classes: 3), "observation.classes is 3", "10");
        await InvalidAsync(request => request.Observation.Losses = ByteString.Empty, _set, "observation.losses is unset");
        await InvalidAsync(request => request.Observation.Partners.Clear(), _set, "observation.partners is unset");
        await InvalidAsync(request => request.Observation.ClearLambda(), _set, "observation.lambda is unset");
        await Client.CreateAgentAsync(new() { AgentId = "ppo", Spec = Scripted.PpoAgent() });
        var ppo = await Client.StartRunAsync(new() { Parent = "agents/ppo", RunId = "r", Spec = Scripted.Run() });
        (await BatchClient.RefusedAsync(Client, ScriptedBatches.Ask(ppo, 0), StatusCode.FailedPrecondition)).ShouldContain("rl_mix");
        var spec = Scripted.Run();
        spec.Classes = 11;
        (await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "other", Spec = spec }).RefusedAsync(StatusCode.InvalidArgument)).Status.Detail.ShouldContain("spec.classes");
    }

    [Fact]
    public async Task Reward_OfAnImage_IsForTheSetPolicyOnly()
    {
        foreach (var (started, count, allowed) in new[] { (_started, 6, "1 number"), (_set, 5, "6: one an image") })
        {
            using var stream = new BatchClient(Client);
            await stream.DecideAsync(ScriptedBatches.Ask(started, 0));
            var request = new SteerBatchesRequest { Run = started.Run.Name, LeaseToken = started.Lease.Token, Rewards = { ScriptedBatches.Reward(0, count: count) } };
            (await BatchClient.RefusedAsync(Client, request, StatusCode.InvalidArgument)).ShouldContain(allowed);
        }
    }

    [Fact]
    public async Task Taken_NotOfThePolicy_IsRefused()
    {
        await InvalidAsync(request => request.Observation = null, taken => { }, "observation is unset");
        await InvalidAsync(_ => { }, taken => taken.Batch = 3, "taken.batch is 3");
        await InvalidAsync(_ => { }, taken => taken.BinCount = 20, "taken.bin_count is 20");
        await InvalidAsync(_ => { }, taken => taken.Bins = ByteString.CopyFrom([1]), "taken.bins (length) is 1");
        await InvalidAsync(_ => { }, taken => taken.Bins = ByteString.CopyFrom([1, 2, 10, 0, 0, 0]), "taken.bins[2] is 10");
        await InvalidAsync(_ => { }, taken => taken.PolicyVersion = 4, "taken.policy_version is 4");
        await InvalidAsync(_ => { }, taken => taken.LogProbability = 1, "taken.log_probability is 1");
        await InvalidAsync(_ => { }, taken => taken.Value = float.NaN, "taken.value is NaN");
        await InvalidAsync(_ => { }, taken => taken.Method = Method.RMix, "taken.method is METHOD_R_MIX");
    }

    [Fact]
    public async Task Batch_OutOfOrder_NamesTheNext()
    {
        (await BatchClient.RefusedAsync(Client, ScriptedBatches.Ask(_started, 1), StatusCode.FailedPrecondition)).ShouldContain("next expected batch is 0");
        using var stream = new BatchClient(Client);
        await stream.DecideAsync(ScriptedBatches.Ask(_started, 0));
        var renamed = ScriptedBatches.Ask(_set, 0);
        var refusal = await Should.ThrowAsync<RpcException>(() => stream.AskAsync(renamed));
        refusal.Status.Detail.ShouldContain("the run of this stream");
    }

    [Fact]
    public async Task Batches_WithoutRewards_AreNotDecidedForEver()
    {
        using var stream = new BatchClient(Client);
        for (var batch = 0; batch < 256; batch++)
        {
            var request = ScriptedBatches.Ask(_set, batch);
            request.Rewards.Clear();
            await stream.DecideAsync(request);
        }

        var next = ScriptedBatches.Ask(_set, 256);
        next.Rewards.Clear();
        (await BatchClient.RefusedAsync(Client, next, StatusCode.FailedPrecondition)).ShouldContain("256 batches are without a reward");
    }

    [Fact]
    public async Task Lease_OfAnother_IsDemanded()
    {
        var request = ScriptedBatches.Ask(_started, 0);
        request.LeaseToken = "";
        await BatchClient.RefusedAsync(Client, request, StatusCode.Aborted);
        request.LeaseToken = "0123456789abcdef";
        await BatchClient.RefusedAsync(Client, request, StatusCode.Aborted);
        _service.Time.Advance(TimeSpan.FromMinutes(2));
        (await BatchClient.RefusedAsync(Client, ScriptedBatches.Ask(_started, 0), StatusCode.Aborted)).ShouldContain("lapsed");
    }

    [Fact]
    public async Task Message_TooLarge_NamesTheLimit()
    {
        var request = ScriptedBatches.Ask(_started, 0);
        request.Observation.Logits = ByteString.CopyFrom(new byte[33 * 1024 * 1024]);
        (await BatchClient.RefusedAsync(Client, request, StatusCode.ResourceExhausted)).ShouldContain("33554432 bytes");
    }

    [Fact]
    public async Task Batch_OfTheLargestSize_IsDecided()
    {
        using var stream = new BatchClient(Client);
        var request = ScriptedBatches.Ask(_set, 0, images: 4096);
        request.Observation = ScriptedBatches.Observation(0, images: 4096, classes: 1000);
        (await stream.DecideAsync(request)).Bins.Length.ShouldBe(4096);
    }

    [Fact]
    public async Task Batch_TooLargeToBeLearnedFrom_NamesTheLargest()
    {
        var spec = ScriptedBatches.Set();
        (spec.RlMixSet.Patches, spec.RlMixSet.Ppo.Rollout) = (32, 4096);
        var started = await Client.StartAsync(spec, agentId: "large");
        var request = ScriptedBatches.Ask(started, 0, images: 100);
        (request.Observation.Patches, request.Observation.Saliency) = (32, ScriptedBatches.Packed([.. Enumerable.Repeat(1f / 1024, 100 * 1024)]));
        (await BatchClient.RefusedAsync(Client, request, StatusCode.InvalidArgument)).ShouldContain("observation.images is 100; allowed: at most 94");
    }

    private Task InvalidAsync(Action<SteerBatchesRequest> change, params string[] words) => InvalidAsync(change, _started, words);

    private async Task InvalidAsync(Action<SteerBatchesRequest> change, StartRunResponse started, params string[] words)
    {
        var request = ScriptedBatches.Ask(started, 0);
        change(request);
        var detail = await BatchClient.RefusedAsync(Client, request, StatusCode.InvalidArgument);
        foreach (var word in words)
        {
            detail.ShouldContain(word);
        }
    }

    private Task InvalidAsync(Action<SteerBatchesRequest> change, Action<BatchDecision> draw, string words) => InvalidAsync(
        request =>
        {
            request.Taken = new() { Bins = ByteString.CopyFrom(new byte[ScriptedBatches.Images]), BinCount = 10, LogProbability = -1 };
            change(request);
            draw(request.Taken);
        },
        words);

    private static ByteString With(ByteString numbers, int index, float number)
    {
        var bytes = numbers.ToByteArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(index * sizeof(float)), number);
        return ByteString.CopyFrom(bytes);
    }
}
