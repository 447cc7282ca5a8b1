using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Telemetry;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>Decide as a stream. It keeps no state that Decide does not have, so a client may go on with a new stream at any point.</summary>
internal sealed class SteerStream(IGrainFactory grains, IHostApplicationLifetime lifetime)
{
    public async Task RunAsync(IAsyncStreamReader<SteerRequest> requests, IServerStreamWriter<Decision> decisions, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        DecideRequest? last = null;
        while (await requests.MoveNext(ending.Token))
        {
            var request = requests.Current;
            switch (request.MessageCase)
            {
                case SteerRequest.MessageOneofCase.Decide:
                    DemandSameRun(last, request.Decide);
                    last = request.Decide;
                    await decisions.SendAsync(await DecideAsync(last, ending.Token), ending.Token);
                    break;
                case SteerRequest.MessageOneofCase.Progress when last is not null:
                    Requests.Check(request.Progress);
                    await Grain(last).Progress(last.Run, last.LeaseToken, request.Progress.ToByteArray()).WaitAsync(ending.Token);
                    break;
                default:
                    throw Refusal.Invalid("message", $"{request.MessageCase}", last is null ? "decide, in the first message of a stream" : "decide or progress");
            }
        }
    }

    private async Task<Decision> DecideAsync(DecideRequest request, CancellationToken cancellationToken)
    {
        using var span = AgentTracing.Message("Steer decide", request.TraceParent, request.Run);
        try
        {
            return Decision.Parser.ParseFrom(await Grain(request).Decide(request.ToByteArray()).WaitAsync(cancellationToken));
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }
    }

    private static void DemandSameRun(DecideRequest? last, DecideRequest next)
    {
        if (last is not null && last.Run != next.Run)
        {
            throw Refusal.Invalid("decide.run", next.Run, $"{last.Run}, the run of this stream");
        }
    }

    private IAgentGrain Grain(DecideRequest request) => grains.GetGrain<IAgentGrain>(RunName.Parse("decide.run", request.Run).Agent);
}
