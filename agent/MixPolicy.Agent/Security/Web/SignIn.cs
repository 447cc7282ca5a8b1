using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;
using MixPolicy.Agent.Security.Keys;

namespace MixPolicy.Agent.Security.Web;

/// <summary>
/// The pages on which a person shows a key and gets a session cookie for it. The cookie names the key, whose state is asked for at each request: a revoked key ends
/// its sessions.
/// </summary>
internal sealed class SignIn(KeyCheck keys, AuditLog audit, IAntiforgery antiforgery)
{
    public const string Path = "/login";
    public const string OutPath = "/logout";

    private const string StylePath = "/login.css";
    private const string ReturnTo = "returnUrl";

    // Nobody has more than that to say here.
    private const int LongestForm = 8 * 1024;

    /// <summary>Whether a request is a person's, who can be sent to the page.</summary>
    public static bool IsWantedBy(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>The page, and the way back from it to what was asked for.</summary>
    public static string AddressFor(HttpRequest request) => $"{Path}?{ReturnTo}={Uri.EscapeDataString(request.Path + request.QueryString)}";

    public static void Map(IEndpointRouteBuilder endpoints, AgentOptions options)
    {
        endpoints.MapGet(StylePath, () => Results.Bytes(SignInPage.Style, "text/css")).ExcludeFromDescription().AllowAnonymous();
        if (options.Authentication == AuthenticationKind.None)
        {
            endpoints.MapGet(Path, () => Results.Redirect("/")).ExcludeFromDescription().AllowAnonymous();
            return;
        }

        endpoints.MapGet(Path, (SignIn signIn, HttpContext context) => signIn.Show(context, context.Request.Query[ReturnTo].ToString())).ExcludeFromDescription().AllowAnonymous();
        endpoints.MapPost(Path, (SignIn signIn, HttpContext context) => signIn.InAsync(context)).ExcludeFromDescription().AllowAnonymous().DisableAntiforgery();
        endpoints.MapPost(OutPath, (SignIn signIn, HttpContext context) => signIn.OutAsync(context)).ExcludeFromDescription().AllowAnonymous().DisableAntiforgery();
    }

    private IResult Show(HttpContext context, string returnUrl, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        return Results.Content(
            context.FindCaller() is { } caller ? SignInPage.SignedIn(caller, token) : SignInPage.Form(token, Local(returnUrl), problem), "text/html; charset=utf-8", statusCode: status);
    }

    private async Task<IResult> InAsync(HttpContext context)
    {
        var (form, problem) = await FormAsync(context);
        var returnUrl = Local(form?[ReturnTo].ToString());
        if (form is null)
        {
            return Show(context, returnUrl, problem, StatusCodes.Status400BadRequest);
        }

        var verdict = await keys.CheckAsync(form["key"].ToString().Trim(), context.From(), context.RequestAborted);
        if (verdict.Caller(context.From()) is not { } caller)
        {
            return Show(
                context, returnUrl, $"That did not work: {verdict.Reason}.", verdict.TooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized);
        }

        await context.SignInAsync(Schemes.Session, caller.ToPrincipal(Schemes.Session));
        audit.SignedIn(caller);
        return Results.LocalRedirect(returnUrl);
    }

    private async Task<IResult> OutAsync(HttpContext context)
    {
        var (form, problem) = await FormAsync(context);
        if (form is null)
        {
            return Show(context, "/", problem, StatusCodes.Status400BadRequest);
        }

        if (context.FindCaller() is { } caller)
        {
            audit.SignedOut(caller);
        }

        await context.SignOutAsync(Schemes.Session);
        return Results.LocalRedirect(Path);
    }

    /// <returns>The form, or what is wrong with it.</returns>
    private async Task<(IFormCollection? Form, string? Problem)> FormAsync(HttpContext context)
    {
        const string Expired = "The page was open for too long. Please try again.";
        if (!context.Request.HasFormContentType || context.Request.ContentLength is not <= LongestForm)
        {
            return (null, Expired);
        }

        try
        {
            return await antiforgery.IsRequestValidAsync(context) ? (await context.Request.ReadFormAsync(context.RequestAborted), null) : (null, Expired);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return (null, Expired);
        }
    }

    // Only to pages of the service: a link to this page must not lead on to another site.
    private static string Local(string? url) => url is { Length: > 0 } && RedirectHttpResult.IsLocalUrl(url) && url[0] == '/' ? url : "/";
}
