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

        if (context.IsGrpc())
        {
            Write(context.Response, code, text);
        }
        else if (status == HttpStatusCode.Unauthorized && SignIn.IsWantedBy(context.Request))
        {
            context.Response.Redirect(SignIn.AddressFor(context.Request));
        }
        else
        {
            context.Response.Headers.WWWAuthenticate = status == HttpStatusCode.Unauthorized ? "Bearer" : default;
            await Results.Problem(text, statusCode: (int)status).ExecuteAsync(context);
        }
    }

    /// <summary>A reply that is over with its headers, as gRPC has it.</summary>
    private static void Write(HttpResponse response, StatusCode code, string message)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = $"{(int)code}";
        response.Headers["grpc-message"] = Uri.EscapeDataString(message);
    }

    // Of the endpoint, not of the request: what a client sends does not belong into a log as it is.
    private static string What(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } ? route : "no endpoint";
}
