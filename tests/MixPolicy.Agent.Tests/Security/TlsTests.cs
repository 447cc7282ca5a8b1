using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>TLS and mutual TLS, with certificates as the <c>certificates</c> command makes them.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-tls-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Ours => Path.Combine(_folder, "ours");

    private string Foreign => Path.Combine(_folder, "foreign");

    public async ValueTask InitializeAsync()
    {
        foreach (var folder in new[] { Ours, Foreign })
        {
            (await CommandAsync("certificates", "create", folder, "--host", "agent.example")).Code.ShouldBe(0);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Tls_ClientThatTrustsTheAuthority_IsServedOnBothPorts()
    {
        await using var service = await SecureService.StartAsync(WithTls);
        service.Service.GrpcAddress.Scheme.ShouldBe("https");
        var key = await service.KeyAsync("ann", "trainer");
        await CallAsync(service.Service, key, Ours, null);
        using var http = Http(service.Service, Ours, null);
        (await http.GetAsync("/health/live", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tls_CertificateOfAnotherAuthority_IsNotTakenByTheClient()
    {
        await using var service = await SecureService.StartAsync(WithTls);
        var refusal = await Should.ThrowAsync<RpcException>(() => CallAsync(service.Service, null, Foreign, null));
        refusal.ToString().ShouldContain("The remote certificate is invalid");
    }

    [Fact]
    public async Task Tls_PlainTextOnItsPorts_IsNotServed()
    {
        await using var service = await SecureService.StartAsync(WithTls);
        using var http = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{service.Service.HttpAddress.Port}/health/live"), Token));
    }

    [Fact]
    public async Task Tls_Pages_AskForTlsFromThenOnAndSealCookies()
    {
        await using var service = await SecureService.StartAsync(options => WithTls(options) with { AllowedHosts = "agent.example" });
        using var http = Http(service.Service, Ours, null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Host = "agent.example";
        var page = await http.SendAsync(request, Token);
        page.Headers.GetValues("Strict-Transport-Security").Single().ShouldStartWith("max-age=");
        page.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("; secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MutualTls_ClientCertificateOfTheAuthority_IsServed()
    {
        await using var service = await SecureService.StartAsync(WithMutualTls);
        await CallAsync(service.Service, await service.KeyAsync("ann", "trainer"), Ours, Client(Ours));
    }

    [Fact]
    public async Task MutualTls_NoClientCertificate_IsNotServed()
    {
        await using var service = await SecureService.StartAsync(WithMutualTls);
        var key = await service.KeyAsync("ann", "trainer");
        (await Should.ThrowAsync<RpcException>(() => CallAsync(service.Service, key, Ours, null))).StatusCode.ShouldBeOneOf(StatusCode.Unavailable, StatusCode.Internal);
        using var http = Http(service.Service, Ours, null);
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync("/health/live", Token));
    }

    [Fact]
    public async Task MutualTls_ClientCertificateOfAnotherAuthority_IsNotServed()
    {
        await using var service = await SecureService.StartAsync(WithMutualTls);
        var key = await service.KeyAsync("ann", "trainer");
        (await Should.ThrowAsync<RpcException>(() => CallAsync(service.Service, key, Ours, Client(Foreign)))).StatusCode.ShouldBeOneOf(StatusCode.Unavailable, StatusCode.Internal);
    }

    [Fact]
    public async Task MutualTls_CertificateThatIsNotForClients_IsNotServed()
    {
        await using var service = await SecureService.StartAsync(WithMutualTls);
        // Of the authority, for a service, and not the service's own.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(Ours, "ca.pem"), Path.Combine(Ours, "ca.key"));
        var request = new CertificateRequest("CN=another service", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var bare = request.Create(authority, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using var certificate = bare.CopyWithPrivateKey(key);
        await Should.ThrowAsync<RpcException>(() => CallAsync(service.Service, null, Ours, certificate));
    }

    [Fact]
    public async Task MutualTls_AKeyIsNeededAllTheSame()
    {
        await using var service = await SecureService.StartAsync(WithMutualTls);
        (await Should.ThrowAsync<RpcException>(() => CallAsync(service.Service, null, Ours, Client(Ours)))).StatusCode.ShouldBe(StatusCode.Unauthenticated);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Healthcheck_WithTheServicesSettings_GetsThrough(bool mutual)
    {
        await using var service = await SecureService.StartAsync(mutual ? WithMutualTls : WithTls);
        using var line = new StringWriter();
        var options = (mutual ? WithMutualTls(new()) : WithTls(new())) with { GrpcPort = service.Service.GrpcPort };
        (await HealthQuestion.AskAsync(options, line)).ShouldBe(0, line.ToString());
        line.ToString().ShouldStartWith("healthy: the service at https://127.0.0.1");
    }

    [Fact]
    public async Task Files_AreReplaced_NewConnectionsHaveTheNewCertificate()
    {
        await using var service = await SecureService.StartAsync(WithTls);
        var key = await service.KeyAsync("ann", "trainer");
        await CallAsync(service.Service, key, Ours, null);
        foreach (var name in new[] { "server.key", "server.pem" })
        {
            File.Copy(Path.Combine(Foreign, name), Path.Combine(Ours, name), overwrite: true);
            // As later as a file system can tell.
            File.SetLastWriteTimeUtc(Path.Combine(Ours, name), DateTime.UtcNow.AddSeconds(5));
        }

        await CallAsync(service.Service, key, Foreign, null);
        // Half written: the good one stays.
        await File.WriteAllTextAsync(Path.Combine(Ours, "server.pem"), "-----BEGIN CERT", Token);
        File.SetLastWriteTimeUtc(Path.Combine(Ours, "server.pem"), DateTime.UtcNow.AddSeconds(10));
        await CallAsync(service.Service, key, Foreign, null);
        service.ReadLogs().ShouldContain("the old one stays in force");
    }

    [Theory]
    [InlineData("server.pem", "MixPolicy:CertificateFile")]
    [InlineData("ca.pem", "MixPolicy:ClientAuthorityFile")]
    public async Task Start_FileIsNoCertificate_SaysWhich(string name, string setting)
    {
        await File.WriteAllTextAsync(Path.Combine(Ours, name), "nonsense", Token);
        var refusal = await Should.ThrowAsync<SettingsException>(() => SecureService.StartAsync(WithMutualTls));
        refusal.Message.ShouldContain($"{setting} is '{Path.Combine(Ours, name)}', which cannot be used");
    }

    [Fact]
    public async Task Create_KeyFiles_AreTheOwnersAlone()
    {
        Directory.GetFiles(Ours).Select(Path.GetFileName).ShouldBe(["ca.pem", "ca.key", "server.pem", "server.key", "client.pem", "client.key"], ignoreOrder: true);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(Ours, "*.key"))
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
            }
        }

        var (code, output) = await CommandAsync("certificates", "create", Ours);
        code.ShouldNotBe(0);
        output.ShouldContain("is there already: nothing was written");
    }

    [Fact]
    public async Task Create_ForAHost_NamesIt()
    {
        var folder = Path.Combine(_folder, "named");
        (await CommandAsync("certificates", "create", folder, "--host", "agent.example", "--host", "192.0.2.7")).Code.ShouldBe(0);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "server.pem"));
        certificate.MatchesHostname("agent.example").ShouldBeTrue();
        certificate.MatchesHostname("192.0.2.7").ShouldBeTrue();
        certificate.MatchesHostname("localhost").ShouldBeTrue();
        certificate.MatchesHostname("evil.example").ShouldBeFalse();
        (await CommandAsync("certificates", "create", Path.Combine(_folder, "wrong"), "--host", "a b")).Output.ShouldContain("--host is 'a b'; allowed");
    }

    private static async Task<(int Code, string Output)> CommandAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        return (await AdministratorCommands.RunAsync(arguments, new ConfigurationBuilder(), output, output, Token), output.ToString());
    }

    private AgentOptions WithTls(AgentOptions options) =>
        options with { CertificateFile = Path.Combine(Ours, "server.pem"), CertificateKeyFile = Path.Combine(Ours, "server.key") };

    private AgentOptions WithMutualTls(AgentOptions options) => WithTls(options) with { ClientAuthorityFile = Path.Combine(Ours, "ca.pem") };

    private static X509Certificate2 Client(string folder) => X509Certificate2.CreateFromPemFile(Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));

    private static SocketsHttpHandler Handler(string trusted, X509Certificate2? client) => new()
    {
        SslOptions = new()
        {
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(trusted, "ca.pem")) },
            },
            ClientCertificateContext = client is null ? null : SslStreamCertificateContext.Create(client, null, offline: true),
        },
    };

    private static HttpClient Http(TestService service, string trusted, X509Certificate2? client) =>
        new(Handler(trusted, client)) { BaseAddress = new($"https://localhost:{service.HttpAddress.Port}") };

    private static async Task CallAsync(TestService service, string? key, string trusted, X509Certificate2? client)
    {
        using var channel = GrpcChannel.ForAddress($"https://localhost:{service.GrpcPort}", new() { HttpHandler = Handler(trusted, client), DisposeHttpClient = true });
        var headers = new Metadata();
        if (key is not null)
        {
            headers.Add("authorization", new AuthenticationHeaderValue("Bearer", key).ToString());
        }

        await new PolicyService.PolicyServiceClient(channel).ListAgentsAsync(new(), headers, cancellationToken: Token);
    }
}
