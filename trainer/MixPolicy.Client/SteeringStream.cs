using System.Threading.Channels;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>
/// One open <c>Steer</c> call. A call's writer takes one message at a time, so both decisions' requests and progress (which comes from the
/// model thread) go through one queue: at most one request and, however slow the service, the latest progress. The call dies with its connection; <see cref="AgentSession"/> opens the next.
/// </summary>
internal sealed class SteeringStream : IAsyncDisposable
{
    // A decision may wait for a policy update and, after a restart of the service, for the replay of its log. It can be asked for again.
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(20);

    private readonly AsyncDuplexStreamingCall<SteerRequest, Decision> _call;

    // Null stands for the latest progress, and is in the queue at most once: put there by whoever fills the empty place.
    private readonly Channel<DecideRequest?> _outgoing = Channel.CreateUnbounded<DecideRequest?>(new() { SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Task _pump;
    private V1.Progress? _latest;
    private volatile bool _begun;

    public SteeringStream(PolicyService.PolicyServiceClient client, TimeProvider time)
    {
        _time = time;
        _call = client.Steer();
        _pump = PumpAsync();
    }

    /// <summary>A write has failed: nothing more can be sent.</summary>
    public bool Broken => _pump.IsCompleted;

    /// <summary>One request at a time, answered by one decision.</summary>
    /// <exception cref="RpcException">The call ended; with UNAVAILABLE where the service closed it or did not answer in time.</exception>
    public async Task<Decision> DecideAsync(DecideRequest request, CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Asking("decide");
        request.TraceParent = span?.Id ?? "";
        _outgoing.Writer.TryWrite(request);
        _begun = true;
        using var late = new CancellationTokenSource(ReplyTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await _call.ResponseStream.MoveNext(either.Token)
                ? _call.ResponseStream.Current
                : throw new RpcException(new(StatusCode.Unavailable, "the service closed the stream"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Unavailable, $"no decision within {ReplyTimeout.TotalSeconds:0} s"));
        }
    }

    /// <summary>Sends progress, or drops it where the call is over or has not begun: its first message must be a decision's. Never waits.</summary>
    public void Progress(V1.Progress progress)
    {
        if (_begun && Interlocked.Exchange(ref _latest, progress) is null)
        {
            _outgoing.Writer.TryWrite(null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        await _pump.WaitAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var request in _outgoing.Reader.ReadAllAsync())
            {
                await _call.RequestStream.WriteAsync(
                    request is null ? new() { Progress = Interlocked.Exchange(ref _latest, null) } : new() { Decide = request });
            }

            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The call is over. Why, the reader of the response stream is told.
            _outgoing.Writer.TryComplete();
        }
    }
}
