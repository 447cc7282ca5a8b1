using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Tls;

/// <summary>
/// The service's certificate, and the authorities whose client certificates it takes, as they are in the files now: what renews a certificate replaces the files, and
/// the next connection has the new one. Files that cannot be used, half written say, leave the old ones in force. Thread-safe.
/// </summary>
internal sealed partial class CertificateFiles
{
    private readonly AgentOptions _options;
    private readonly ILogger<CertificateFiles> _logger;
    private readonly Lock _reading = new();
    private DateTime _written;

    /// <exception cref="SettingsException">A file cannot be read, or does not hold what it should.</exception>
    public CertificateFiles(AgentOptions options, ILogger<CertificateFiles> logger)
    {
        (_options, _logger) = (options, logger);
        _written = Written();
        Current = Read();
    }

    /// <summary>What the files held when they were last good.</summary>
    private TlsIdentity Current { get; set; }

    /// <summary>What the files hold.</summary>
    public TlsIdentity Latest()
    {
        lock (_reading)
        {
            var written = Written();
            if (written != _written)
            {
                // Connections go on with what they began with, so what is replaced is not disposed of.
                _written = written;
                try
                {
                    Current = Read();
                    Reloaded(Current.Certificate.Thumbprint, Current.Certificate.NotAfter);
                }
                catch (SettingsException e)
                {
                    NotReloaded(e.Message);
                }
            }

            return Current;
        }
    }

    private TlsIdentity Read() => new(
        Read(nameof(_options.CertificateFile), _options.CertificateFile!, path => ReadServer(path, _options.CertificateKeyFile!)),
        _options.ClientAuthorityFile is { } authorities ? Read(nameof(_options.ClientAuthorityFile), authorities, ReadAll) : null);

    /// <summary>For a client on the service's machine that has its settings: it takes the service's own certificate and no other, and shows it where one is asked for.</summary>
    /// <exception cref="SettingsException">A file cannot be read, or does not hold what it should.</exception>
    public static SslClientAuthenticationOptions ToOneself(AgentOptions options)
    {
        var own = Read(nameof(options.CertificateFile), options.CertificateFile!, path => ReadServer(path, options.CertificateKeyFile!));
        return new()
        {
            ClientCertificateContext = own,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(own.TargetCertificate.RawData),
        };
    }

    private static SslStreamCertificateContext ReadServer(string path, string key)
    {
        var chain = ReadAll(path);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(path, key), [.. chain.Skip(1)], offline: true);
    }

    private static X509Certificate2Collection ReadAll(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("it holds no certificate");
    }

    private static T Read<T>(string setting, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingsException($"{AgentOptions.Section}:{setting} is '{path}', which cannot be used: {e.Message}", e);
        }
    }

    // A file that is not there counts as old.
    private DateTime Written() =>
        new[] { _options.CertificateFile, _options.CertificateKeyFile, _options.ClientAuthorityFile }.OfType<string>().Max(File.GetLastWriteTimeUtc);

    [LoggerMessage(Level = LogLevel.Information, Message = "the certificate was read anew: {Thumbprint}, good until {Until}")]
    private partial void Reloaded(string thumbprint, DateTime until);

    [LoggerMessage(Level = LogLevel.Error, Message = "the certificate could not be read anew, the old one stays in force: {Reason}")]
    private partial void NotReloaded(string reason);
}

/// <param name="Server">What the service shows.</param>
/// <param name="ClientAuthorities">Who may vouch for clients; null where they need no certificate.</param>
internal sealed record TlsIdentity(SslStreamCertificateContext Server, X509Certificate2Collection? ClientAuthorities)
{
    public X509Certificate2 Certificate => Server.TargetCertificate;
}
