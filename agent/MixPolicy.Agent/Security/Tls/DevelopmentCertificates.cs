using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Tls;

/// <summary>A certificate authority of one's own, and a certificate of it for the service and one for its clients. For development, and for small closed networks.</summary>
/// <param name="now">When they begin to be good.</param>
internal sealed class DevelopmentCertificates(DateTimeOffset now)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Clocks differ.
    private static readonly TimeSpan Leeway = TimeSpan.FromHours(1);

    /// <summary>Names of the files it makes.</summary>
    public static IReadOnlyList<string> Files { get; } = ["ca.pem", "ca.key", "server.pem", "server.key", "client.pem", "client.key"];

    /// <param name="folder">There already, without any of <see cref="Files"/>.</param>
    /// <param name="hosts">Names and addresses that the service is reached by, besides those of this machine itself.</param>
    /// <exception cref="IOException">A file is there already, or cannot be written.</exception>
    public void Write(string folder, IEnumerable<string> hosts, int days)
    {
        using var authority = Authority(days);
        using var server = Signed("MixPolicy agent", ServerAuthentication, authority, days, Names(hosts));
        using var client = Signed("MixPolicy client", ClientAuthentication, authority, days, null);
        Write(folder, "ca", authority);
        Write(folder, "server", server);
        Write(folder, "client", client);
    }

    private X509Certificate2 Authority(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=MixPolicy development authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Leeway, now.AddDays(days));
    }

    private X509Certificate2 Signed(string name, string usage, X509Certificate2 authority, int days, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using var certificate = request.Create(authority, now - Leeway, now.AddDays(days), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Extension Names(IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in new[] { "localhost", "127.0.0.1", "::1" }.Union(hosts))
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }

    private static void Write(string folder, string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        PrivateFiles.Write(Path.Combine(folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, $"{name}.pem"), certificate.ExportCertificatePem() + Environment.NewLine);
    }
}
