using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Keys;

namespace MixPolicy.Agent.Security.Access;

/// <summary>How the cookie of a sign-in is made and looked at.</summary>
internal static class SessionCookie
{
    private const string Name = "mixpolicy-session";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        // On this machine without TLS a cookie that asks for TLS would never come back.
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Lifetime;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var id = context.Principal?.FindCaller()?.KeyId;
        var key = id is null ? null : await services.GetRequiredService<KeyStore>().FindAsync(id, context.HttpContext.RequestAborted);
        if (key is null || key.Fault(services.GetRequiredService<AgentClock>().Now) is not null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Schemes.Session);
            return;
        }

        services.GetRequiredService<KeyUses>().Used(key.Id);
    }
}
