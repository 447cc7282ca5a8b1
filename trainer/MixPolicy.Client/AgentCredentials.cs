using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MixPolicy.Client;

/// <summary>How a client shows who it is, and whom it trusts. All of it is optional: a service on this machine asks for nothing.</summary>
/// <remarks>Files are PEM, and are read when the channel is opened. The certificates go with https:// addresses only.</remarks>
public sealed record AgentCredentials
{
    /// <summary>An API key as the service gave it, <c>mp_ID_SECRET</c>. Sent as <c>authorization: Bearer KEY</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Certificate of the authority that signed the service's; null trusts the system's authorities.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The client's certificate, and those between it and its authority, where the service asks for one (mTLS).</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>That certificate's private key.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>
    /// What the environment says: MIXPOLICY_KEY, or the file that MIXPOLICY_KEY_FILE names; MIXPOLICY_CA_FILE, MIXPOLICY_CLIENT_CERTIFICATE, MIXPOLICY_CLIENT_KEY.
    /// </summary>
    /// <exception cref="PolicyException">The key file cannot be read.</exception>
    public static AgentCredentials FromEnvironment() => new()
    {
        Key = Variable("MIXPOLICY_KEY") ?? (Variable("MIXPOLICY_KEY_FILE") is { } file ? Read("MIXPOLICY_KEY_FILE", file, File.ReadAllText) : null),
        AuthorityFile = Variable("MIXPOLICY_CA_FILE"),
        ClientCertificateFile = Variable("MIXPOLICY_CLIENT_CERTIFICATE"),
        ClientKeyFile = Variable("MIXPOLICY_CLIENT_KEY"),
    };

    /// <summary>The value of the header; null without a key.</summary>
    /// <exception cref="PolicyException">The key cannot be one.</exception>
    internal string? Authorization()
    {
        if (Key?.Trim() is not { Length: > 0 } key)
        {
            return null;
        }

        // Its value is a secret: the message does not show it.
        return key.All(c => c is > ' ' and < '\x7f')
            ? $"Bearer {key}"
            : throw new PolicyException("The key is not one line of ASCII without spaces; allowed: a key as the service gave it, mp_ID_SECRET.");
    }

    /// <exception cref="PolicyException">A file cannot be read, or is not what it should be.</exception>
    internal SslClientAuthenticationOptions Tls()
    {
        if (ClientCertificateFile is null != ClientKeyFile is null)
        {
            throw new PolicyException("A client certificate needs a certificate file and a key file; one is missing.");
        }

        var options = new SslClientAuthenticationOptions();
        if (AuthorityFile is not null)
        {
            // An authority of one's own rarely publishes revocations.
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(Read("The authority file", AuthorityFile, Certificates));
        }

        if (ClientCertificateFile is not null)
        {
            var chain = Read("The client's certificate file", ClientCertificateFile, Certificates);
            var own = Read("The client's key file", ClientKeyFile!, key => X509Certificate2.CreateFromPemFile(ClientCertificateFile, key));
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true);
        }

        return options;
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(path);
        return found.Count > 0 ? found : throw new CryptographicException("there is no certificate in it");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static T Read<T>(string what, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new PolicyException($"{what} is '{path}', which cannot be used: {e.Message}", e);
        }
    }
}
