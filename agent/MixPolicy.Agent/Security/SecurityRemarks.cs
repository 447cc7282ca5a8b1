using System.Net;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Keys;
using MixPolicy.Agent.Security.Tls;

namespace MixPolicy.Agent.Security;

/// <summary>Says at the start what about its security the operator may not have meant.</summary>
internal sealed partial class SecurityRemarks(AgentOptions options, KeyStore keys, AgentClock clock, ILogger<SecurityRemarks> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var isPublic = !IPAddress.IsLoopback(IPAddress.Parse(options.Address));
        var working = (await keys.ListAsync(cancellationToken)).Where(key => key.Fault(clock.Now) is null).ToList();
        if (options.Authentication == AuthenticationKind.None)
        {
            if (isPublic)
            {
                Open(options.Address);
            }

            if (working.Count > 0)
            {
                NotAsked(working.Count);
            }

            return;
        }

        if (working.Count == 0)
        {
            NoKeys();
        }

        if (await keys.CountOwnerlessAsync(cancellationToken) is > 0 and var ownerless)
        {
            Ownerless(ownerless, working.Any(key => key.Role == Role.Admin) ? "only administrators see them" : "no key that works sees them");
        }

        if (isPublic && !TlsListening.IsOn(options))
        {
            NoTls(options.Address);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "there is no authentication: whoever reaches {Address} may do everything")]
    private partial void Open(string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "there are {Keys} keys, and nobody is asked for one: Authentication is None")]
    private partial void NotAsked(int keys);

    [LoggerMessage(Level = LogLevel.Warning, Message = "there is no key yet, so nobody can call: `keys create` makes one, also while the service runs")]
    private partial void NoKeys();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agents} agents have no owner, because they were made while nobody was asked for a key: {Who}. " +
        "`keys create --adopt`, while the service is stopped, gives them to an owner")]
    private partial void Ownerless(int agents, string who);

    [LoggerMessage(Level = LogLevel.Warning, Message = "keys come to {Address} without TLS: whoever can listen on the network on their way can read them")]
    private partial void NoTls(string address);
}
