using Grpc.Core;
using Grpc.Core.Interceptors;

namespace MixPolicy.Agent.Tests.Service;

/// <summary>Ends a call when its test is cancelled, or hangs.</summary>
internal sealed class TestCancellation : Interceptor
{
    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(2);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Cancelled(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Cancelled(context));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Cancelled(context));

    private static ClientInterceptorContext<TRequest, TResponse> Cancelled<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class
    {
        var options = context.Options.WithCancellationToken(TestContext.Current.CancellationToken);
        return new(context.Method, context.Host, options.Deadline is null ? options.WithDeadline(DateTime.UtcNow + Hanging) : options);
    }
}
