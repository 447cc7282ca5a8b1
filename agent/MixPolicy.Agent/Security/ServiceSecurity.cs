using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;
using MixPolicy.Agent.Security.Keys;
using MixPolicy.Agent.Security.Tls;
using MixPolicy.Agent.Security.Web;

namespace MixPolicy.Agent.Security;

/// <summary>Puts together who is let in, and what a browser may do. docs/security.md says what is defended against whom.</summary>
internal static class ServiceSecurity
{
    /// <summary>Policy of what tells whether the service can work: to whoever may read, and to this machine.</summary>
    public const string Readiness = "readiness";

    // Of requests to the HTTP port; gRPC has a limit a message.
    private const long LargestBody = 1024 * 1024;

    public static void Add(IServiceCollection services, AgentOptions options, DataFolder folder)
    {
        services.AddSingleton<AuditLog>()
            .AddSingleton<KeyStore>()
            .AddSingleton<KeyCheck>()
            .AddSingleton<FailedAttempts>()
            .AddSingleton<KeyUses>()
            .AddSingleton<OwnerCalls>()
            .AddSingleton<OpenCalls>()
            .AddSingleton<SignIn>()
            .AddSingleton<CrossSiteRequests>()
            .AddSingleton<CertificateFiles>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>()
            .AddHostedService<SecurityRemarks>()
            .AddHostedService<KeyWatch>();
        if (options.TrainerKeyFile is not null)
        {
            services.AddHostedService<TrainerKeyFile>();
        }

        var asksForKeys = options.Authentication == AuthenticationKind.Keys;
        services.AddAuthentication(asksForKeys ? Schemes.ByRequest : Schemes.Open)
            .AddScheme<AuthenticationSchemeOptions, OpenHandler>(Schemes.Open, null)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(Schemes.Key, null)
            .AddCookie(Schemes.Session, SessionCookie.Configure)
            // A cookie is for pages: a browser sends it by itself, and no call may be made by that.
            .AddPolicyScheme(Schemes.ByRequest, null, scheme => scheme.ForwardDefaultSelector = context =>
                context.IsGrpc() || context.Request.Headers.Authorization.Count > 0 ? Schemes.Key : Schemes.Session);
        services.AddAuthorization(authorization =>
        {
            AccessPolicies.AddTo(authorization);
            authorization.AddPolicy(Readiness, policy => policy.RequireAssertion(context =>
                context.User.FindCaller() is not null || (context.Resource is HttpContext http && IsFromHere(http))));
        });
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "mixpolicy-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddDataProtection().SetApplicationName("mixpolicy").PersistKeysToFileSystem(folder.SessionKeys);
    }

    /// <summary>What a request passes before it gets to its endpoint.</summary>
    public static void Use(WebApplication application)
    {
        application.UseRouting();
        application.Use(PortKind.KeepApartAsync);
        application.UseWhen(PortKind.IsWeb, web =>
        {
            web.Use(SecurityHeaders.InvokeAsync);
            // For pages that came by TLS, and never for this machine's own name.
            web.UseHsts();
            // Not by the framework's options, which a program's builder applies to the port of gRPC too.
            web.Use(HostNames.Filter(application.Services.GetRequiredService<AgentOptions>()));
            web.Use(application.Services.GetRequiredService<CrossSiteRequests>().InvokeAsync);
            web.Use(LimitBody);
        });
        application.UseAuthentication();
        application.Use(application.Services.GetRequiredService<OpenCalls>().InvokeAsync);
        application.UseAuthorization();
        application.UseAntiforgery();
    }

    /// <summary>Whether a request was made on this machine, or in this container.</summary>
    public static bool IsFromHere(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    private static Task LimitBody(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestBody;
        }

        return next(context);
    }
}
