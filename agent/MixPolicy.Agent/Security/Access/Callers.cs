using System.Security.Claims;
using Grpc.Core;

namespace MixPolicy.Agent.Security.Access;

/// <summary>From what a request was authenticated as to its <see cref="Access.Caller"/>, and back.</summary>
public static class Callers
{
    private const string OwnerClaim = "owner";
    private const string KeyClaim = "key";
    private const string NoAddress = "unknown";

    /// <summary>Who a request comes from.</summary>
    /// <exception cref="InvalidOperationException">The request is anonymous: its endpoint asked for nobody.</exception>
    public static Caller Caller(this HttpContext context) => context.FindCaller() ?? throw new InvalidOperationException("an anonymous request has no caller");

    /// <inheritdoc cref="Caller(HttpContext)"/>
    public static Caller Caller(this ServerCallContext context) => context.GetHttpContext().Caller();

    /// <summary>Who a request comes from, or null if it is anonymous.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.User.FindCaller(context.From());

    /// <summary>The address a request comes from.</summary>
    public static string From(this HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? NoAddress;

    /// <summary>For where there is a user and no request, as in the circuits of Blazor. Null if the user is anonymous.</summary>
    public static Caller? FindCaller(this ClaimsPrincipal user, string from = NoAddress) =>
        user.Identity?.IsAuthenticated == true && Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role)
            ? new(user.FindFirstValue(OwnerClaim), role, user.FindFirstValue(KeyClaim), from)
            : null;

    /// <param name="scheme">How it was found out.</param>
    internal static ClaimsPrincipal ToPrincipal(this Caller caller, string scheme)
    {
        var claims = new List<Claim> { new(ClaimTypes.Role, caller.Role.ToString()) };
        if (caller.Owner is { } owner)
        {
            claims.Add(new(OwnerClaim, owner));
            claims.Add(new(ClaimTypes.Name, owner));
        }

        if (caller.KeyId is { } key)
        {
            claims.Add(new(KeyClaim, key));
        }

        return new(new ClaimsIdentity(claims, scheme));
    }
}
