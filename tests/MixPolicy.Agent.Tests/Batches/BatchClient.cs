using Google.Protobuf;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Batches;

/// <summary>One stream of batches.</summary>
internal sealed class BatchClient(PolicyService.PolicyServiceClient client) : IDisposable
{
    private readonly AsyncDuplexStreamingCall<SteerBatchesRequest, SteerBatchesResponse> _call = client.SteerBatches();

    public async Task<SteerBatchesResponse> AskAsync(SteerBatchesRequest request)
    {
        await SendAsync(request);
        return await AnswerAsync();
    }

    public async Task SendAsync(SteerBatchesRequest request)
    {
        try
        {
            await _call.RequestStream.WriteAsync(request);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The call is over. Why, the answer tells.
        }
    }

    public async Task<SteerBatchesResponse> AnswerAsync()
    {
        (await _call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        return _call.ResponseStream.Current;
    }

    public async Task<BatchDecision> DecideAsync(SteerBatchesRequest request) => (await AskAsync(request)).Decision;

    public void Dispose() => _call.Dispose();

    /// <summary>One message on a stream of its own, which is refused.</summary>
    public static async Task<string> RefusedAsync(PolicyService.PolicyServiceClient client, SteerBatchesRequest request, StatusCode code)
    {
        using var stream = new BatchClient(client);
        var refusal = await Should.ThrowAsync<RpcException>(() => stream.AskAsync(request));
        refusal.StatusCode.ShouldBe(code, refusal.Status.Detail);
        return refusal.Status.Detail;
    }
}

internal static class BatchRuns
{
    /// <summary>Decides scripted batches, on one stream.</summary>
    public static async Task SteerAsync(this PolicyService.PolicyServiceClient client, StartRunResponse started, int from, int to, List<byte[]> decisions)
    {
        using var stream = new BatchClient(client);
        for (var batch = from; batch < to; batch++)
        {
            decisions.Add((await stream.DecideAsync(ScriptedBatches.Ask(started, batch))).ToByteArray());
        }
    }
}
