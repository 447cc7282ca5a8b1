using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace MixPolicy.Agent.Security.Access;

/// <summary>Without authentication everyone who gets here is an administrator, and what they create has no owner.</summary>
internal sealed class OpenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var everyone = new Caller(null, Role.Admin, null, Context.From());
        return Task.FromResult(AuthenticateResult.Success(new(everyone.ToPrincipal(Scheme.Name), Scheme.Name)));
    }
}
