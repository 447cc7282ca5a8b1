using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MixPolicy.Agent.Security.Keys;

namespace MixPolicy.Agent.Security.Access;

/// <summary>Authenticates by <c>Authorization: Bearer KEY</c>, which gRPC calls have as metadata.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, KeyCheck keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        var text = header.ToString();
        var key = header.Count == 1 && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : "";
        var verdict = await keys.CheckAsync(key, Context.From(), Context.RequestAborted);
        // For who writes the refusal.
        Context.Features.Set(verdict);
        return verdict.Caller(Context.From()) is { } caller
            ? AuthenticateResult.Success(new(caller.ToPrincipal(Scheme.Name), Scheme.Name))
            : AuthenticateResult.Fail(verdict.Reason!);
    }
}
