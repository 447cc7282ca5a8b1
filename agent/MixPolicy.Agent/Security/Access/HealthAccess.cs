using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Security.Access;

/// <summary>
/// That the service lives, everyone may ask; whether it can work, whoever may read, and this machine. Both are one method of the standard health service, so its
/// endpoint is open and the difference is made here.
/// </summary>
internal sealed class HealthAccess : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Demand(request, context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Demand(request, context);
        return continuation(request, responseStream, context);
    }

    private static void Demand(object request, ServerCallContext context)
    {
        if (request is HealthCheckRequest asked && asked.Service != Hosting.AgentApplication.Live
            && context.GetHttpContext() is var http && http.FindCaller() is null && !ServiceSecurity.IsFromHere(http))
        {
            throw Refusal.Unauthenticated(Refusals.NoKey);
        }
    }
}
