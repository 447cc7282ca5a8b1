using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using MixPolicy.Agent.Security.Audit;
using MixPolicy.Agent.Security.Keys;
using MixPolicy.Agent.Security.Web;

namespace MixPolicy.Agent.Security.Access;

/// <summary>Tells a caller who is not let in why, in the form that it understands: a gRPC status, a page to sign in on, or a problem document.</summary>
internal sealed class Refusals(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    public const string NoKey =
        "A key is needed: send it as the metadata (HTTP header) `authorization: Bearer mp_ID_SECRET`. `keys create`, where the service runs, makes one.";

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        var verdict = context.Features.Get<KeyVerdict>();
        var (code, status, text) = authorizeResult.Forbidden
            ? (StatusCode.PermissionDenied, HttpStatusCode.Forbidden, $"The key's role {context.FindCaller()?.Role.ToString().ToLowerInvariant()} does not allow this.")
            : verdict?.TooMany == true ? (StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests, $"The key was not looked at: {verdict.Reason}.")
            : verdict is not null ? (StatusCode.Unauthenticated, HttpStatusCode.Unauthorized, $"The key was refused: {verdict.Reason}.")
            : (StatusCode.Unauthenticated, HttpStatusCode.Unauthorized, NoKey);
        if (verdict?.TooMany != true)
        {
            // Those were in the log often enough.
            audit.Refused(context.FindCaller(), What(context), code, context.From());
        }

        if (!context.IsGrpc() && status == HttpStatusCode.Unauthorized && SignIn.IsWantedBy(context.Request))
        {
            context.Response.Redirect(SignIn.AddressFor(context.Request));
            return;
        }

        context.Response.Headers.WWWAuthenticate = !context.IsGrpc() && status == HttpStatusCode.Unauthorized ? "Bearer" : default;
        await WriteAsync(context, code, status, text);
    }

    /// <summary>Answers a request that goes no further.</summary>
    /// <param name="code">For a gRPC call.</param>
    /// <param name="status">For any other request.</param>
    public static async Task WriteAsync(HttpContext context, StatusCode code, HttpStatusCode status, string text)
    {
        if (!context.IsGrpc())
        {
            await Results.Problem(text, statusCode: (int)status).ExecuteAsync(context);
            return;
        }

        // A reply that is over with its headers.
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = $"{(int)code}";
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(text);
    }

    // Of the endpoint, not of the request: what a client sends does not belong into a log as it is.
    private static string What(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } ? route : "no endpoint";
}
