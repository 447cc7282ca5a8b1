using System.Net;
using Microsoft.Extensions.Primitives;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Web;

/// <summary>
/// The names that the HTTP port answers to. A page of another site can have its own name resolve to this machine (DNS rebinding) and would then be of one origin
/// with the service; its requests still carry its name as Host.
/// </summary>
internal static class HostNames
{
    public static IList<string> Allowed(AgentOptions options)
    {
        var address = IPAddress.Parse(options.Address);
        string[] listening = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? [] : [Bracketed(address)];
        return [.. new[] { "localhost", "127.0.0.1", "[::1]" }.Union(listening).Union(Split(options.AllowedHosts))];
    }

    /// <summary>Answers 400 to every other name, and to none.</summary>
    public static Func<HttpContext, RequestDelegate, Task> Filter(AgentOptions options)
    {
        StringSegment[] allowed = [.. Allowed(options).Select(name => new StringSegment(name))];
        return (context, next) =>
        {
            var host = context.Request.Headers.Host.ToString();
            if (host.Length > 0 && HostString.MatchesAny(host, allowed))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        };
    }

    public static string[] Split(string? names) => (names ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A name, an address, or a name with * for its first part. Not * alone, which would let every name in.</summary>
    public static bool IsPattern(string host) =>
        Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static string Bracketed(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";
}
