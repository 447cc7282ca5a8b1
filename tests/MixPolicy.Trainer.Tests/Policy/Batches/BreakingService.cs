using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

/// <summary>
/// The contract of the batch scale in a few lines, over a real socket, that breaks where a real service cannot be made to: before it has taken a message in, or after that and before
/// the answer. It refuses what the contract refuses.
/// </summary>
internal sealed class BreakingService : PolicyService.PolicyServiceBase, IAsyncDisposable
{
    private readonly Lock _guard = new();
    private readonly WebApplication _application;
    private Run? _run;

    private BreakingService(Func<BreakingService, WebApplication> build) => _application = build(this);

    /// <summary>Asked at two points of every message: whether the stream breaks there.</summary>
    public Func<bool> Breaks { get; set; } = () => false;

    /// <summary>Decides a batch; what it sees decides, unless told otherwise.</summary>
    public Func<long, BatchObservation, byte[]> Decides { get; set; } =
        (_, seen) => [.. Enumerable.Range(0, seen.Images).Select(i => (byte)((seen.Logits.Span[4 * i] + i) % 10))];

    /// <summary>What was seen of the batches decided.</summary>
    public List<BatchObservation> Observations { get; } = [];

    public List<BatchDecision> Decisions { get; } = [];

    public List<BatchReward> Rewards { get; } = [];

    public int Broken { get; private set; }

    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<BreakingService> StartAsync(CancellationToken cancellationToken)
    {
        var service = new BreakingService(service =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            builder.Logging.ClearProviders();
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(service);
            var application = builder.Build();
            application.MapGrpcService<BreakingService>();
            return application;
        });
        await service._application.StartAsync(cancellationToken);
        return service;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    public override Task<V1.Agent> CreateAgent(CreateAgentRequest request, ServerCallContext context) => Task.FromResult(new V1.Agent { Name = $"agents/{request.AgentId}" });

    public override Task<StartRunResponse> StartRun(StartRunRequest request, ServerCallContext context)
    {
        _run = new() { Name = $"{request.Parent}/runs/{request.RunId}", Spec = request.Spec };
        return Task.FromResult(new StartRunResponse { Run = _run, Lease = new() { Token = request.LeaseToken } });
    }

    public override Task<ListDecisionsResponse> ListDecisions(ListDecisionsRequest request, ServerCallContext context) => Task.FromResult(new ListDecisionsResponse());

    public override async Task Steer(IAsyncStreamReader<SteerRequest> requestStream, IServerStreamWriter<Decision> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync())
        {
            if (message.Decide is { } decide)
            {
                await responseStream.WriteAsync(new() { Name = $"{_run!.Name}/decisions/{decide.Interval}", Interval = decide.Interval, Choice = Trainer.Policy.LibraryChoices.PerBatch });
            }
        }
    }

    /// <summary>Never answers.</summary>
    public override Task ExportPolicy(ExportPolicyRequest request, IServerStreamWriter<PolicyPiece> responseStream, ServerCallContext context) =>
        Task.Delay(Timeout.Infinite, context.CancellationToken);

    /// <summary>Never answers.</summary>
    public override async Task<V1.Agent> ImportPolicy(IAsyncStreamReader<ImportPolicyRequest> requestStream, ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new();
    }

    public override async Task SteerBatches(IAsyncStreamReader<SteerBatchesRequest> requestStream, IServerStreamWriter<SteerBatchesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync())
        {
            MayBreak();
            var response = Take(message);
            MayBreak();
            await responseStream.WriteAsync(response);
        }
    }

    private void MayBreak()
    {
        if (Breaks())
        {
            Broken++;
            throw new RpcException(new(StatusCode.Unavailable, "broken on purpose"));
        }
    }

    private SteerBatchesResponse Take(SteerBatchesRequest message)
    {
        lock (_guard)
        {
            if (message.Observation is { } asked && message.Batch < Decisions.Count && Decisions[(int)message.Batch].Bins.Length is var images && images != asked.Images)
            {
                throw new Google.Rpc.Status
                {
                    Code = (int)StatusCode.AlreadyExists,
                    Message = $"The decision of batch {message.Batch} is of {images} images, not {asked.Images}",
                    Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.ErrorInfo { Reason = "BATCH_IMAGES_DIFFER", Domain = "mixpolicy.v1" }) },
                }.ToRpcException();
            }

            foreach (var reward in message.Rewards)
            {
                if (Rewards is [.., var last] && reward.Batch == last.Batch && reward.Equals(last))
                {
                    continue;
                }

                if (reward.Batch >= Decisions.Count || reward.Batch != Rewards.Count)
                {
                    throw new RpcException(new(StatusCode.FailedPrecondition, $"rewards[{reward.Batch}] comes after {Rewards.LastOrDefault()?.Batch}"));
                }

                Rewards.Add(reward);
            }

            if (message.Observation is not { } observation)
            {
                return new() { Rewarded = Rewards.LastOrDefault()?.Batch ?? -1, Batches = Decisions.Count };
            }

            if (message.Batch > Decisions.Count)
            {
                throw new RpcException(new(StatusCode.FailedPrecondition, $"batch is {message.Batch}; the next is {Decisions.Count}"));
            }

            if (message.Batch == Decisions.Count)
            {
                Observations.Add(observation);
                Decisions.Add(new() { Batch = message.Batch, Bins = ByteString.CopyFrom(Decides(message.Batch, observation)), BinCount = 10, PolicyVersion = message.Batch / 4 });
            }

            return new() { Decision = Decisions[(int)message.Batch] };
        }
    }
}
