using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

public sealed class PolicyTransferTests : IAsyncLifetime
{
    private TestService _service = null!;

    private PolicyService.PolicyServiceClient Client => _service.Client;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Imported_BatchPolicy_DecidesAsItsSource(bool set)
    {
        var spec = set ? ScriptedBatches.Set() : ScriptedBatches.Published();
        var source = await Client.StartAsync(spec, agentId: "source");
        BatchDecision expected = null!;
        using (var stream = new BatchClient(Client))
        {
            for (var batch = 0; batch < 29; batch++)
            {
                await stream.DecideAsync(ScriptedBatches.Ask(source, batch));
            }
        }

        var pieces = await ExportAsync("agents/source");
        pieces[0].Header.PolicyVersion.ShouldBe(5);
        pieces.Skip(1).ShouldAllBe(piece => piece.Header == null);
        pieces.ShouldAllBe(piece => piece.Data.Length <= 1024 * 1024);
        // The source's next decision, as a run of its first batch.
        var fresh = await Client.StartRunAsync(new() { Parent = "agents/source", RunId = "fresh", Spec = Scripted.Run() });
        using (var stream = new BatchClient(Client))
        {
            expected = await stream.DecideAsync(ScriptedBatches.Ask(fresh, 0));
        }

        spec.Frozen = true;
        await Client.CreateAgentAsync(new() { AgentId = "target", Spec = spec });
        (await ImportAsync("agents/target", pieces)).PolicyVersion.ShouldBe(5);
        // Again, as after a reply that was lost.
        (await ImportAsync("agents/target", pieces)).PolicyVersion.ShouldBe(5);
        await _service.RestartAsync();
        var target = await Client.StartRunAsync(new() { Parent = "agents/target", RunId = "fresh", Spec = Scripted.Run() });
        using var steering = new BatchClient(Client);
        var decision = await steering.DecideAsync(ScriptedBatches.Ask(target, 0));
        decision.ShouldBe(expected);
        (await ImportAsync("agents/target", pieces)).PolicyVersion.ShouldBe(5);
    }

    [Fact]
    public async Task Imported_EpochPolicy_DecidesAsItsSource_AlsoAfterARestart()
    {
        var source = await Client.StartAsync(Scripted.PpoAgent(rollout: 3), agentId: "source");
        for (var interval = 0; interval < 8; interval++)
        {
            await Client.DecideAsync(Scripted.Decide(source, interval));
        }

        var pieces = await ExportAsync("agents/source");
        var fresh = await Client.StartRunAsync(new() { Parent = "agents/source", RunId = "fresh", Spec = Scripted.Run() });
        var expected = await Client.DecideAsync(Scripted.Decide(fresh, 0));
        await Client.CreateAgentAsync(new() { AgentId = "target", Spec = Scripted.PpoAgent(rollout: 3) });
        await ImportAsync("agents/target", pieces);
        var target = await Client.StartRunAsync(new() { Parent = "agents/target", RunId = "fresh", Spec = Scripted.Run() });
        var decisions = new List<Decision>();
        for (var interval = 0; interval < 5; interval++)
        {
            decisions.Add(await Client.DecideAsync(Scripted.Decide(target, interval)));
        }

        (decisions[0].Choice, decisions[0].PolicyVersion).ShouldBe((expected.Choice, 2));
        await _service.GoDownAsync();
        // Without a snapshot the log begins from what was imported.
        Directory.Delete(Path.Combine(_service.DataFolder, "snapshots"), recursive: true);
        await _service.ComeUpAsync();
        (await Client.DecideAsync(Scripted.Decide(target, 5))).PolicyVersion.ShouldBe(3);
        (await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(_service.DataFolder, "logs")).Single())).ShouldNotContain("INTEGRITY");
    }

    [Fact]
    public async Task Export_OfAnOldVersion_IsEmpty()
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = ScriptedBatches.Set() });
        (await ExportAsync("agents/a", newerThan: 0)).ShouldBeEmpty();
        (await ExportAsync("agents/a", newerThan: -1)).Count.ShouldBe(1);
        await Client.CreateAgentAsync(new() { AgentId = "random", Spec = Scripted.RandomAgent() });
        (await Should.ThrowAsync<RpcException>(() => ExportAsync("agents/random"))).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        (await Should.ThrowAsync<RpcException>(() => ExportAsync("agents/none"))).StatusCode.ShouldBe(StatusCode.NotFound);
    }

    /// <summary>A snapshot with the first import, as one is there after a crash in the middle, must not win over the second.</summary>
    [Fact]
    public async Task Imported_Twice_TheSecondCountsAlsoAfterARestart()
    {
        var (first, second) = (await SourceAsync("first", 5), await SourceAsync("second", 8));
        var expected = await FirstDecisionAsync("second");
        var spec = (await Client.CreateAgentAsync(new() { AgentId = "target", Spec = Scripted.PpoAgent(rollout: 3) })).Spec;
        (await ImportAsync("agents/target", first)).PolicyVersion.ShouldBe(1);
        await _service.GoDownAsync();
        var folder = SnapshotFolder("target");
        using (var mind = new AgentMind(spec))
        {
            mind.Transferable!.Import(first.SelectMany(piece => piece.Data).ToArray());
            new CheckpointStore(folder, "agent-mind", 1).Save(0, mind.Save);
        }

        await _service.ComeUpAsync();
        (await ImportAsync("agents/target", second)).PolicyVersion.ShouldBe(2);
        Directory.Exists(folder).ShouldBeFalse();
        await _service.RestartAsync();
        (await FirstDecisionAsync("target")).Choice.ShouldBe(expected.Choice);
    }

    [Fact]
    public async Task Import_OfAPolicyForOtherMethods_IsRefused()
    {
        var source = ScriptedBatches.Set(chooseMethod: true);
        source.ActionSpace = new() { Methods = { Method.RMix, Method.CutTopPaste } };
        var target = source.Clone();
        target.ActionSpace = new() { Methods = { Method.CutTopPaste, Method.RMix } };
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = source });
        await Client.CreateAgentAsync(new() { AgentId = "b", Spec = target });
        var whole = (await ExportAsync("agents/a")).Single();
        await RefusedAsync("agents/b", whole, StatusCode.InvalidArgument, "methods=RMix+CutTopPaste", "methods=CutTopPaste+RMix");
    }

    [Fact]
    public async Task Import_NotWhole_ChangesNothing()
    {
        await Client.CreateAgentAsync(new() { AgentId = "a", Spec = ScriptedBatches.Set() });
        await Client.CreateAgentAsync(new() { AgentId = "b", Spec = ScriptedBatches.Published() });
        await Client.CreateAgentAsync(new() { AgentId = "random", Spec = Scripted.RandomAgent() });
        var whole = (await ExportAsync("agents/a")).Single();
        await RefusedAsync("agents/b", whole, StatusCode.InvalidArgument, "rl_mix_set(", "rl_mix(images=6");
        await RefusedAsync("agents/random", whole, StatusCode.FailedPrecondition, "nothing to carry");
        await RefusedAsync("agents/none", whole, StatusCode.NotFound);
        await RefusedAsync("what", whole, StatusCode.InvalidArgument, "name");
        await RefusedAsync("agents/a", new() { Data = whole.Data }, StatusCode.InvalidArgument, "piece.header");
        await RefusedAsync("agents/a", With(whole, header => header.Size++), StatusCode.InvalidArgument, "in all pieces");
        await RefusedAsync("agents/a", With(whole, header => header.Size--), StatusCode.InvalidArgument, "so far");
        await RefusedAsync("agents/a", With(whole, header => header.Size = 0), StatusCode.InvalidArgument, "piece.header.size");
        await RefusedAsync("agents/a", With(whole, header => header.Sha256 = ByteString.CopyFrom(new byte[32])), StatusCode.InvalidArgument, "SHA-256");
        await RefusedAsync("agents/a", Piece(new byte[2 * 1024 * 1024]), StatusCode.InvalidArgument, "at most 1048576");
        await RefusedAsync("agents/a", Piece([1, 2, 3]), StatusCode.InvalidArgument, "piece.data");
        var started = await Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run() });
        using var stream = new BatchClient(Client);
        await stream.DecideAsync(ScriptedBatches.Ask(started, 0));
        await RefusedAsync("agents/a", whole, StatusCode.FailedPrecondition, "1 batches");
    }

    private async Task<List<PolicyPiece>> SourceAsync(string name, int intervals)
    {
        var source = await Client.StartAsync(Scripted.PpoAgent(rollout: 3), agentId: name);
        for (var interval = 0; interval < intervals; interval++)
        {
            await Client.DecideAsync(Scripted.Decide(source, interval));
        }

        return await ExportAsync($"agents/{name}");
    }

    private async Task<Decision> FirstDecisionAsync(string name) =>
        await Client.DecideAsync(Scripted.Decide(await Client.StartRunAsync(new() { Parent = $"agents/{name}", RunId = "fresh", Spec = Scripted.Run() }), 0));

    private string SnapshotFolder(string name)
    {
        using var folder = new DataFolder(_service.DataFolder);
        using var database = new LogDatabase(folder);
        using var context = database.ReadAll();
        return Path.Combine(folder.Snapshots, $"{name}.{context.Agents.Single(agent => agent.Id == name).Incarnation:N}");
    }

    private static PolicyPiece With(PolicyPiece piece, Action<PolicyHeader> change)
    {
        piece = piece.Clone();
        change(piece.Header);
        return piece;
    }

    private static PolicyPiece Piece(byte[] data) => new()
    {
        Header = new() { Size = data.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(data)) },
        Data = ByteString.CopyFrom(data),
    };

    private async Task RefusedAsync(string name, PolicyPiece piece, StatusCode code, params string[] words)
    {
        var refusal = await Should.ThrowAsync<RpcException>(() => ImportAsync(name, [piece]));
        refusal.StatusCode.ShouldBe(code, refusal.Status.Detail);
        foreach (var word in words)
        {
            refusal.Status.Detail.ShouldContain(word);
        }
    }

    private async Task<List<PolicyPiece>> ExportAsync(string name, long? newerThan = null)
    {
        var request = new ExportPolicyRequest { Name = name };
        if (newerThan is { } version)
        {
            request.NewerThanVersion = version;
        }

        using var call = Client.ExportPolicy(request);
        var pieces = new List<PolicyPiece>();
        while (await call.ResponseStream.MoveNext(default))
        {
            pieces.Add(call.ResponseStream.Current);
        }

        return pieces;
    }

    private async Task<V1.Agent> ImportAsync(string name, List<PolicyPiece> pieces)
    {
        using var call = Client.ImportPolicy();
        try
        {
            for (var i = 0; i < pieces.Count; i++)
            {
                await call.RequestStream.WriteAsync(new() { Name = i == 0 ? name : "", Piece = pieces[i] });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // Refused before the end. Why, the answer tells.
        }

        return await call;
    }
}
