using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Tls;

/// <summary>TLS on a port, with client certificates where authorities for them are named.</summary>
internal static class TlsListening
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static bool IsOn(AgentOptions options) => options.CertificateFile is not null;

    public static void Use(ListenOptions listen, CertificateFiles files) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ =>
        {
            var identity = files.Latest();
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = identity.Server,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = identity.ClientAuthorities is not null,
                // It would be a question to whoever a certificate names.
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = identity.ClientAuthorities is { } authorities
                    ? (_, certificate, _, _) => certificate is X509Certificate2 shown && (IsOwn(shown, identity) || IsVouchedFor(shown, authorities))
                    : null,
            });
        },
    });

    /// <summary>The service's own certificate: <c>healthcheck</c> shows it, and whoever has its key is the service.</summary>
    private static bool IsOwn(X509Certificate2 shown, TlsIdentity identity) =>
        CryptographicOperations.FixedTimeEquals(shown.RawData, identity.Certificate.RawData);

    private static bool IsVouchedFor(X509Certificate2 shown, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                ApplicationPolicy = { new Oid(ClientAuthentication) },
            },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(shown);
    }
}
