using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;

namespace MixPolicy.Agent.Security.Web;

/// <summary>
/// Refuses what a page of another site has a browser ask for, except that it may link here. Browsers say where a request comes from in Sec-Fetch-Site, older ones
/// in Origin; programs that are no browser say neither and have no cookie to abuse.
/// </summary>
internal sealed class CrossSiteRequests(AuditLog audit)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsOurs(context.Request) || IsLink(context.Request))
        {
            return next(context);
        }

        audit.Refused(null, "a request from another site", Grpc.Core.StatusCode.PermissionDenied, context.From());
        return Results.Problem("Requests from pages of other sites are refused.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }

    private static bool IsOurs(HttpRequest request)
    {
        // Where a browser says it, no page can make it say something else; Origin it may hide behind "null".
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        // The scheme is left out: behind a proxy that ends TLS it differs.
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && HostString.FromUriComponent(from) == WithPort(request, from));
    }

    /// <summary>A person followed a link, into a window of its own.</summary>
    private static bool IsLink(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !request.Headers.ContainsKey("Origin")
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";

    // Browsers leave out a port that the scheme implies, in Host as in Origin; Uri puts it in.
    private static HostString WithPort(HttpRequest request, Uri from) => request.Host.Port is null ? new(request.Host.Host, from.Port) : request.Host;
}
