using Microsoft.AspNetCore.Authorization;

namespace MixPolicy.Agent.Security.Access;

/// <summary>The authorisation policies of endpoints. An endpoint that names none of them and is not open to all asks for <see cref="Read"/>.</summary>
public static class AccessPolicies
{
    /// <summary>Reading what one may see: every role.</summary>
    public const string Read = "read";

    /// <summary>Changing something: trainers and administrators.</summary>
    public const string Write = "write";

    /// <summary>For administrators alone.</summary>
    public const string Administer = "administer";

    internal static void AddTo(AuthorizationOptions authorization)
    {
        authorization.AddPolicy(Read, Demand(Role.Viewer));
        authorization.AddPolicy(Write, Demand(Role.Trainer));
        authorization.AddPolicy(Administer, Demand(Role.Admin));
        authorization.FallbackPolicy = authorization.DefaultPolicy = Demand(Role.Viewer);
    }

    private static AuthorizationPolicy Demand(Role least) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireAssertion(context => context.User.FindCaller() is { } caller && caller.Role >= least)
        .Build();
}
