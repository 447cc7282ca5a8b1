using System.Net;
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

    public static string[] Split(string? names) => (names ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A name, an address, or a name with * for its first part. Not * alone, which would let every name in.</summary>
    public static bool IsPattern(string host) =>
        Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static string Bracketed(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";
}
