using Grpc.Core;
using Grpc.Core.Interceptors;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Telemetry;

namespace MixPolicy.Agent.Front;

/// <summary>Turns what a call throws into the status of the contract, and counts streams. What the client cannot act on stays in the log.</summary>
internal sealed partial class FailureInterceptor(IHostApplicationLifetime lifetime, AgentMetrics metrics, ILogger<FailureInterceptor> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        Guarded(context, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Open(context, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        Open(context, () => continuation(requestStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Open(context, async () =>
        {
            await continuation(requestStream, responseStream, context);
            return true;
        });

    private async Task<T> Open<T>(ServerCallContext context, Func<Task<T>> call)
    {
        // "/mixpolicy.v1.PolicyService/Steer"; only methods there are get here.
        var method = new KeyValuePair<string, object?>(Labels.Rpc, context.Method[(context.Method.LastIndexOf('/') + 1)..]);
        metrics.Streams.Add(1, method);
        try
        {
            return await Guarded(context, call);
        }
        finally
        {
            metrics.Streams.Add(-1, method);
        }
    }

    private async Task<T> Guarded<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw ToRpcException(e, context);
        }
    }

    private RpcException ToRpcException(Exception e, ServerCallContext context)
    {
        if (e is RefusalException refusal)
        {
            Refused(context.Method, refusal.Code, refusal.Message);
            return refusal.Status.ToRpcException();
        }

        if (context.CancellationToken.IsCancellationRequested)
        {
            return new(context.Deadline <= DateTime.UtcNow
                ? new(StatusCode.DeadlineExceeded, "The deadline has passed.")
                : new(StatusCode.Cancelled, "The client cancelled the call."));
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Refusal.Stopping().Status.ToRpcException();
        }

        Failed(context.Method, e);
        return Refusal.Internal().Status.ToRpcException();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} refused with {Code}: {Reason}")]
    private partial void Refused(string method, StatusCode code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private partial void Failed(string method, Exception exception);
}
