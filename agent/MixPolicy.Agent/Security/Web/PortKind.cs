using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MixPolicy.Agent.Security.Web;

/// <summary>Which port a connection came in by. What is served on one is not there on the other: browsers get to nothing that is made for programs.</summary>
internal sealed record PortKind(bool ServesGrpc)
{
    /// <summary>Marks the connections of a port.</summary>
    public static void Mark(ListenOptions listen, bool servesGrpc)
    {
        var kind = new PortKind(servesGrpc);
        listen.Use(next => connection =>
        {
            connection.Features.Set(kind);
            return next(connection);
        });
    }

    public static bool IsWeb(HttpContext context) => context.Features.Get<PortKind>()?.ServesGrpc == false;

    /// <summary>Middleware, after routing.</summary>
    public static Task KeepApartAsync(HttpContext context, RequestDelegate next)
    {
        var isGrpc = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;
        if (isGrpc == IsWeb(context))
        {
            context.SetEndpoint(null);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
