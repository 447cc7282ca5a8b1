using Google.Rpc;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Client.Batches;

/// <summary>One open <c>SteerBatches</c> call: a message, then its answer. The call dies with its connection; <see cref="AgentSession"/> opens the next.</summary>
internal sealed class BatchStream : IDisposable
{
    // A decision may wait for a policy update that is due. It can be asked for again.
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(60);

    private readonly AsyncDuplexStreamingCall<SteerBatchesRequest, SteerBatchesResponse> _call;
    private readonly TimeProvider _time;

    private BatchStream(AsyncDuplexStreamingCall<SteerBatchesRequest, SteerBatchesResponse> call, TimeProvider time) => (_call, _time) = (call, time);

    /// <summary>What the agent had when the stream was opened.</summary>
    public BatchGreeting Greeting { get; private set; }

    /// <param name="greeting">Names run and lease, and nothing else.</param>
    public static async Task<BatchStream> OpenAsync(
        PolicyService.PolicyServiceClient client, SteerBatchesRequest greeting, TimeProvider time, CancellationToken cancellationToken)
    {
        var stream = new BatchStream(client.SteerBatches(cancellationToken: CancellationToken.None), time);
        try
        {
            var has = await stream.SendAsync(greeting, cancellationToken);
            stream.Greeting = new(has.Rewarded, has.Batches);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <exception cref="RpcException">The call ended; with UNAVAILABLE where the service closed it or did not answer in time.</exception>
    public async Task<SteerBatchesResponse> SendAsync(SteerBatchesRequest message, CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Asking("decide batch");
        message.TraceParent = span?.Id ?? "";
        using var late = new CancellationTokenSource(ReplyTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await WriteAsync(message, either.Token);
            return await _call.ResponseStream.MoveNext(either.Token)
                ? _call.ResponseStream.Current
                : throw new RpcException(new(StatusCode.Unavailable, "the service closed the stream"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Unavailable, $"no batch decision within {ReplyTimeout.TotalSeconds:0} s"));
        }
    }

    /// <summary>The refusal of a decision that was made for a batch of another size. It ends the stream but not the training.</summary>
    public static bool IsForAnotherBatch(RpcException refusal) =>
        refusal.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason == "BATCH_IMAGES_DIFFER";

    public void Dispose() => _call.Dispose();

    private async Task WriteAsync(SteerBatchesRequest message, CancellationToken cancellationToken)
    {
        try
        {
            await _call.RequestStream.WriteAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // The call is over. Why, the reader of the response stream is told.
        }
    }
}

/// <summary>How far the agent is with a run.</summary>
/// <param name="Rewarded">The last batch whose reward it has; −1 for none.</param>
/// <param name="Decided">Batches whose decisions it has stored: those below this number.</param>
public readonly record struct BatchGreeting(long Rewarded, long Decided);
