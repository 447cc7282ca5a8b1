namespace MixPolicy.Agent.Security.Access;

/// <summary>Which requests are gRPC calls.</summary>
internal static class GrpcRequests
{
    public static bool IsGrpc(this HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
