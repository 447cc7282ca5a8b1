using Grpc.Core;
using MixPolicy.Agent.Batches;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Telemetry;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>
/// Decisions batch by batch. One message is read at a time and answered before the next: what a client sends ahead waits in the windows of HTTP/2. It keeps
/// no state but the names of its run and lease, so a client may go on with a new stream at any point.
/// </summary>
internal sealed class SteerBatchesStream(IGrainFactory grains, IHostApplicationLifetime lifetime, AgentOptions options)
{
    public async Task RunAsync(
        IAsyncStreamReader<SteerBatchesRequest> requests, IServerStreamWriter<SteerBatchesResponse> responses, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var (run, token) = ("", "");
        IAgentGrain? grain = null;
        while (await NextAsync(requests, ending.Token))
        {
            var request = requests.Current;
            if (grain is null)
            {
                run = request.Run;
                grain = grains.GetGrain<IAgentGrain>(RunName.Parse("run", run).Agent);
            }
            else if (request.Run.Length > 0 && request.Run != run)
            {
                throw Refusal.Invalid("run", request.Run, $"{run}, the run of this stream, or empty");
            }

            token = request.LeaseToken.Length > 0 ? request.LeaseToken : token;
            await responses.SendAsync(await AnswerAsync(grain, request, run, token, ending.Token), ending.Token);
        }
    }

    private static async Task<SteerBatchesResponse> AnswerAsync(
        IAgentGrain grain, SteerBatchesRequest request, string run, string token, CancellationToken cancellationToken)
    {
        using var span = AgentTracing.Message("SteerBatches message", request.TraceParent, run);
        try
        {
            return SteerBatchesResponse.Parser.ParseFrom(await grain.SteerBatch(BatchRules.Valid(request, run, token)).WaitAsync(cancellationToken));
        }
        catch (Exception e)
        {
            span.Failed(e);
            throw;
        }
    }

    private async Task<bool> NextAsync(IAsyncStreamReader<SteerBatchesRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            throw Refusal.TooLarge(
                $"A message is larger than {options.MaxMessageBytes} bytes, the most that is taken. Fewer images, PACKING_BFLOAT16, or a service with a larger MaxMessageBytes.");
        }
    }
}
