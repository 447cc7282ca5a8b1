using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>The contract's calls: checks the form of a request and hands it to the grain of its agent, or reads the database.</summary>
internal sealed class PolicyFront(IGrainFactory grains, Listings listings, SteerStream steering, SteerBatchesStream batches, PolicyTransfer transfer, ArtifactUpload uploads, WatchStream watching) : PolicyService.PolicyServiceBase
{
    public override async Task<V1.Agent> CreateAgent(CreateAgentRequest request, ServerCallContext context)
    {
        var name = AgentName.OfId("agent_id", request.AgentId);
        var reply = await Grain(name.Id).Create(Requests.ValidSpec(request).ToByteArray()).WaitAsync(context.CancellationToken);
        return V1.Agent.Parser.ParseFrom(reply);
    }

    public override Task<V1.Agent> GetAgent(GetAgentRequest request, ServerCallContext context) =>
        listings.GetAgentAsync(AgentName.Parse("name", request.Name), context.CancellationToken);

    public override Task<ListAgentsResponse> ListAgents(ListAgentsRequest request, ServerCallContext context) =>
        listings.ListAgentsAsync(request, context.CancellationToken);

    public override async Task<Empty> DeleteAgent(DeleteAgentRequest request, ServerCallContext context)
    {
        await Grain(AgentName.Parse("name", request.Name).Id).Delete(request.Force).WaitAsync(context.CancellationToken);
        return new();
    }

    public override async Task<StartRunResponse> StartRun(StartRunRequest request, ServerCallContext context)
    {
        var (agent, valid) = Requests.Valid(request);
        return StartRunResponse.Parser.ParseFrom(await Grain(agent.Id).StartRun(valid.ToByteArray()).WaitAsync(context.CancellationToken));
    }

    public override Task<Run> GetRun(GetRunRequest request, ServerCallContext context) =>
        listings.GetRunAsync(RunName.Parse("name", request.Name), context.CancellationToken);

    public override Task<ListRunsResponse> ListRuns(ListRunsRequest request, ServerCallContext context) =>
        listings.ListRunsAsync(request, context.CancellationToken);

    public override async Task<Run> FinishRun(FinishRunRequest request, ServerCallContext context)
    {
        var run = RunName.Parse("run", request.Run);
        return Run.Parser.ParseFrom(await Grain(run.Agent).FinishRun(request.ToByteArray()).WaitAsync(context.CancellationToken));
    }

    public override Task<ListDecisionsResponse> ListDecisions(ListDecisionsRequest request, ServerCallContext context) =>
        listings.ListDecisionsAsync(request, context.CancellationToken);

    public override async Task<Decision> Decide(DecideRequest request, ServerCallContext context)
    {
        var run = RunName.Parse("run", request.Run);
        return Decision.Parser.ParseFrom(await Grain(run.Agent).Decide(request.ToByteArray()).WaitAsync(context.CancellationToken));
    }

    public override Task Steer(IAsyncStreamReader<SteerRequest> requestStream, IServerStreamWriter<Decision> responseStream, ServerCallContext context) =>
        steering.RunAsync(requestStream, responseStream, context.CancellationToken);

    public override Task SteerBatches(
        IAsyncStreamReader<SteerBatchesRequest> requestStream, IServerStreamWriter<SteerBatchesResponse> responseStream, ServerCallContext context) =>
        batches.RunAsync(requestStream, responseStream, context.CancellationToken);

    public override Task ExportPolicy(ExportPolicyRequest request, IServerStreamWriter<PolicyPiece> responseStream, ServerCallContext context) =>
        transfer.ExportAsync(request, responseStream, context.CancellationToken);

    public override Task<V1.Agent> ImportPolicy(IAsyncStreamReader<ImportPolicyRequest> requestStream, ServerCallContext context) =>
        transfer.ImportAsync(requestStream, context.CancellationToken);

    public override Task<Artifact> UploadArtifact(IAsyncStreamReader<UploadArtifactRequest> requestStream, ServerCallContext context) =>
        uploads.RunAsync(requestStream, context.CancellationToken);

    public override Task Watch(WatchRequest request, IServerStreamWriter<RunEvent> responseStream, ServerCallContext context) =>
        watching.RunAsync(request, responseStream, context);

    private IAgentGrain Grain(string agent) => grains.GetGrain<IAgentGrain>(agent);
}
