using System.Net;
using MixPolicy.Agent.Security.Web;

namespace MixPolicy.Agent.Configuration;

/// <summary>What settings must agree on, so that nobody opens the service to others by accident.</summary>
internal static class SecurityRules
{
    /// <param name="options">Each of them valid by itself.</param>
    /// <exception cref="SettingsException">They do not agree.</exception>
    public static void Check(AgentOptions options)
    {
        if (!IPAddress.IsLoopback(IPAddress.Parse(options.Address)) && options.Authentication == AuthenticationKind.None && !options.AllowUnauthenticated)
        {
            throw new SettingsException(
                $"{Key(nameof(options.Address))} is '{options.Address}', which others than this machine can reach, and {Key(nameof(options.Authentication))} is None: " +
                "the service does not start, because whoever reached it could do everything. Set Authentication to Keys and make a key with `keys create`; " +
                $"or, on a network where everybody may do everything, set {Key(nameof(options.AllowUnauthenticated))} to true.");
        }

        if ((options.CertificateFile is null) != (options.CertificateKeyFile is null))
        {
            throw new SettingsException($"{Key(nameof(options.CertificateFile))} and {Key(nameof(options.CertificateKeyFile))} belong together: set both, or none");
        }

        if (options.ClientAuthorityFile is not null && options.CertificateFile is null)
        {
            throw new SettingsException($"{Key(nameof(options.ClientAuthorityFile))} needs TLS: set {Key(nameof(options.CertificateFile))} and {Key(nameof(options.CertificateKeyFile))} too");
        }

        if (options.TrainerKeyFile is not null && options.Authentication != AuthenticationKind.Keys)
        {
            throw new SettingsException($"{Key(nameof(options.TrainerKeyFile))} is set and {Key(nameof(options.Authentication))} is None: a key would open nothing. Set Authentication to Keys");
        }

        if (HostNames.Split(options.AllowedHosts).FirstOrDefault(host => !HostNames.IsPattern(host)) is { } wrong)
        {
            throw new SettingsException($"{Key(nameof(options.AllowedHosts))} holds '{wrong}'; allowed: host names and IP addresses without scheme and port, *.example.org for all below one, with ; between");
        }
    }

    private static string Key(string property) => $"{AgentOptions.Section}:{property}";
}
