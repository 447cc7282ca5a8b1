using Grpc.Core;
using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>What is ann's is not there for bob.</summary>
public sealed class OwnerTests : IAsyncLifetime
{
    private SecureService _service = null!;
    private PolicyService.PolicyServiceClient _ann = null!;
    private PolicyService.PolicyServiceClient _bob = null!;
    private PolicyService.PolicyServiceClient _admin = null!;
    private StartRunResponse _run = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await SecureService.StartAsync();
        _ann = await _service.ClientAsync("ann", "trainer");
        _bob = await _service.ClientAsync("bob", "trainer");
        _admin = await _service.ClientAsync("root", "admin");
        _run = await _ann.StartAsync(Scripted.PpoAgent());
        await _ann.DecideAsync(Scripted.Decide(_run, 0));
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task UnaryCalls_OnAnothersAgent_FindNothing()
    {
        await FindsNothingAsync(_bob.GetAgentAsync(new() { Name = "agents/a" }), _bob.GetAgentAsync(new() { Name = "agents/none" }));
        await FindsNothingAsync(_bob.DeleteAgentAsync(new() { Name = "agents/a", Force = true }), _bob.DeleteAgentAsync(new() { Name = "agents/none", Force = true }));
        await FindsNothingAsync(
            _bob.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run() }), _bob.StartRunAsync(new() { Parent = "agents/none", RunId = "r", Spec = Scripted.Run() }));
        await FindsNothingAsync(_bob.GetRunAsync(new() { Name = "agents/a/runs/r" }), _bob.GetRunAsync(new() { Name = "agents/none/runs/r" }));
        await FindsNothingAsync(_bob.ListRunsAsync(new() { Parent = "agents/a" }), _bob.ListRunsAsync(new() { Parent = "agents/none" }));
        await FindsNothingAsync(_bob.ListDecisionsAsync(new() { Parent = "agents/a/runs/r" }), _bob.ListDecisionsAsync(new() { Parent = "agents/none/runs/r" }));
        // With ann's lease, however he came by it.
        await FindsNothingAsync(_bob.DecideAsync(Scripted.Decide(_run, 1)), _bob.DecideAsync(OfNone(Scripted.Decide(_run, 1))));
        await FindsNothingAsync(
            _bob.FinishRunAsync(new() { Run = _run.Run.Name, LeaseToken = _run.Lease.Token }), _bob.FinishRunAsync(new() { Run = "agents/none/runs/r", LeaseToken = _run.Lease.Token }));
        (await _ann.GetRunAsync(new() { Name = "agents/a/runs/r" })).State.ShouldBe(RunState.Active);
    }

    [Fact]
    public async Task Streams_OnAnothersAgent_FindNothing()
    {
        using var steer = _bob.Steer();
        await steer.RequestStream.WriteAsync(new() { Decide = Scripted.Decide(_run, 1) });
        await FindsNothingAsync(steer.ResponseStream);
        var batchRun = await _ann.StartAsync(ScriptedBatches.Set(), agentId: "b");
        using var batches = _bob.SteerBatches();
        await batches.RequestStream.WriteAsync(ScriptedBatches.Ask(batchRun, 0));
        await FindsNothingAsync(batches.ResponseStream);
        using var export = _bob.ExportPolicy(new() { Name = "agents/a" });
        await FindsNothingAsync(export.ResponseStream);
        foreach (var name in new[] { "agents/a", "agents/a/runs/r" })
        {
            using var watch = _bob.Watch(new() { Name = name });
            await FindsNothingAsync(watch.ResponseStream);
        }
    }

    [Fact]
    public async Task ImportPolicy_IntoAnothersAgent_FindsNothing()
    {
        await _ann.CreateAgentAsync(new() { AgentId = "fresh", Spec = Scripted.PpoAgent() });
        using var export = _ann.ExportPolicy(new() { Name = "agents/a" });
        await export.ResponseStream.MoveNext();
        using var import = _bob.ImportPolicy();
        await import.RequestStream.WriteAsync(new() { Name = "agents/fresh", Piece = export.ResponseStream.Current });
        await import.RequestStream.CompleteAsync();
        (await Should.ThrowAsync<RpcException>(() => import.ResponseAsync)).StatusCode.ShouldBe(StatusCode.NotFound);
        (await _ann.GetAgentAsync(new() { Name = "agents/fresh" })).PolicyVersion.ShouldBe(0);
    }

    [Fact]
    public async Task Create_NameOfAnother_IsRefusedWithoutDetails()
    {
        var other = await _bob.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent(seed: 99) }).RefusedAsync(StatusCode.AlreadyExists);
        var same = await _bob.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.PpoAgent() }).RefusedAsync(StatusCode.AlreadyExists);
        other.Status.Detail.ShouldBe("agents/a cannot be used: choose another id.");
        same.Status.Detail.ShouldBe(other.Status.Detail);
    }

    [Fact]
    public async Task Listings_ShowOnesOwnOnly()
    {
        await _bob.StartAsync(Scripted.RandomAgent(), agentId: "z", runId: "s");
        (await _bob.ListAgentsAsync(new())).Agents.Select(agent => agent.Name).ShouldBe(["agents/z"]);
        (await _bob.ListRunsAsync(new() { Parent = "agents/-" })).Runs.Select(run => run.Name).ShouldBe(["agents/z/runs/s"]);
        (await _ann.ListAgentsAsync(new())).Agents.Select(agent => agent.Name).ShouldBe(["agents/a"]);
        (await _admin.ListAgentsAsync(new())).Agents.Select(agent => agent.Name).ShouldBe(["agents/a", "agents/z"]);
    }

    [Fact]
    public async Task Watch_OfAll_TellsOfOnesOwnOnly()
    {
        using var watch = _bob.Watch(new() { Name = "agents/-" });
        await watch.ResponseHeadersAsync;
        using var steer = _ann.Steer();
        await steer.RequestStream.WriteAsync(new() { Decide = Scripted.Decide(_run, 0) });
        await steer.ResponseStream.MoveNext();
        await steer.RequestStream.WriteAsync(new() { Progress = new() { Batch = 1, Batches = 10 } });
        await _ann.DecideAsync(Scripted.Decide(_run, 1));
        var own = await _bob.StartAsync(Scripted.RandomAgent(), agentId: "z");
        await _bob.DecideAsync(Scripted.Decide(own, 0));
        for (var i = 0; i < 2; i++)
        {
            (await watch.ResponseStream.MoveNext()).ShouldBeTrue();
            watch.ResponseStream.Current.Run.ShouldBe("agents/z/runs/r");
        }
    }

    [Fact]
    public async Task Keys_OfOneOwner_ShareItsAgents()
    {
        var viewer = await _service.ClientAsync("ann", "viewer");
        (await viewer.GetRunAsync(new() { Name = "agents/a/runs/r" })).Decisions.ShouldBe(1);
        (await viewer.ListDecisionsAsync(new() { Parent = "agents/a/runs/r" })).Decisions.ShouldHaveSingleItem();
        using var export = viewer.ExportPolicy(new() { Name = "agents/a" });
        (await export.ResponseStream.MoveNext()).ShouldBeTrue();
    }

    [Fact]
    public async Task Admin_MayDoWhatOwnersMay()
    {
        await _admin.DecideAsync(Scripted.Decide(_run, 1));
        await _admin.DeleteAgentAsync(new() { Name = "agents/a", Force = true });
        await _ann.GetAgentAsync(new() { Name = "agents/a" }).RefusedAsync(StatusCode.NotFound);
    }

    [Fact]
    public async Task Agent_WithoutOwner_IsTheAdministratorsUntilItIsAdopted()
    {
        await _service.Service.GoDownAsync();
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(_service.Service.DataFolder, "agent.db")};Pooling=False"))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = database.CreateCommand();
            // As a version without owners left it.
            command.CommandText = "UPDATE agents SET Owner = NULL";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await _service.Service.ComeUpAsync();
        _service.ReadLogs().ShouldContain("1 agents have no owner, because they were made while nobody was asked for a key: only administrators see them");
        var (ann, admin) = (await _service.ClientAsync("ann", "trainer"), await _service.ClientAsync("root", "admin"));
        await ann.GetAgentAsync(new() { Name = "agents/a" }).RefusedAsync(StatusCode.NotFound);
        (await ann.ListAgentsAsync(new())).Agents.ShouldBeEmpty();
        await admin.GetAgentAsync(new() { Name = "agents/a" });
        await _service.Service.GoDownAsync();
        var (code, key, error) = await _service.CommandAsync("keys", "create", "--owner", "ann", "--role", "trainer", "--adopt");
        (code, error).ShouldBe((0, error));
        error.ShouldContain("1 agents without an owner are ann's now");
        var told = _service.ReadLogs().Split("have no owner").Length;
        await _service.Service.ComeUpAsync();
        _service.ReadLogs().Split("have no owner").Length.ShouldBe(told);
        await _service.Client(key.Trim()).GetAgentAsync(new() { Name = "agents/a" });
    }

    private static DecideRequest OfNone(DecideRequest request)
    {
        request.Run = "agents/none/runs/r";
        return request;
    }

    /// <summary>The refusal is the one that is given for what does not exist.</summary>
    private static async Task FindsNothingAsync<T>(AsyncUnaryCall<T> anothers, AsyncUnaryCall<T> missing)
    {
        var (refusal, reference) = (await anothers.RefusedAsync(StatusCode.NotFound), await missing.RefusedAsync(StatusCode.NotFound));
        refusal.Status.Detail.Replace("agents/a", "agents/none", StringComparison.Ordinal).ShouldBe(reference.Status.Detail);
    }

    private static async Task FindsNothingAsync<T>(IAsyncStreamReader<T> stream) =>
        (await Should.ThrowAsync<RpcException>(() => stream.MoveNext(TestContext.Current.CancellationToken))).StatusCode.ShouldBe(StatusCode.NotFound);
}
