using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using MixPolicy.Testing;
using MixPolicy.V1;

namespace MixPolicy.Client.Tests;

/// <summary>Keys and certificates over a real socket.</summary>
public sealed class AgentCredentialsTests : IDisposable
{
    private const string Key = "mp_abc123_s3cret";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_Cleartext_SendsTheKey()
    {
        await using var service = await KeyService.StartAsync(Key, null, null, Stop);

        (await AskAsync(service, new() { Key = Key + "\n" })).ShouldBe("agents/a");
        var refusal = await Should.ThrowAsync<RpcException>(() => AskAsync(service, null));
        RpcErrors.Refused(refusal).Message.ShouldBe(
            "The agent refused: no key (Unauthenticated); give a key of the service: MIXPOLICY_KEY, or MIXPOLICY_KEY_FILE, in the environment");
    }

    [Fact]
    public async Task Open_MutualTls_TrustsTheAuthorityAndShowsTheCertificate()
    {
        using var server = Certificate("server");
        using var own = Certificate("client");
        await using var service = await KeyService.StartAsync(Key, server, own.Thumbprint, Stop);
        var credentials = new AgentCredentials
        {
            Key = Key,
            AuthorityFile = _folder["server.pem"],
            ClientCertificateFile = _folder["client.pem"],
            ClientKeyFile = _folder["client.key"],
        };

        (await AskAsync(service, credentials)).ShouldBe("agents/a");
        await Should.ThrowAsync<RpcException>(() => AskAsync(service, credentials with { AuthorityFile = null }));
        await Should.ThrowAsync<RpcException>(() => AskAsync(service, credentials with { ClientCertificateFile = null, ClientKeyFile = null }));
    }

    [Fact]
    public void Open_WhatCannotBeUsed_IsNamed()
    {
        using var certificate = Certificate("client");
        Refused(new() { Key = "two words" }).ShouldContain("one line of ASCII");
        Refused(new() { AuthorityFile = _folder["nothing"] }).ShouldContain("The authority file is ");
        Refused(new() { AuthorityFile = _folder["client.key"] }).ShouldContain("no certificate in it");
        Refused(new() { ClientKeyFile = _folder["client.key"] }).ShouldContain("needs a certificate file and a key file");
        Refused(new() { ClientCertificateFile = _folder["client.pem"], ClientKeyFile = _folder["client.pem"] }).ShouldContain("The client's key file is ");
    }

    public void Dispose() => _folder.Dispose();

    private static string Refused(AgentCredentials credentials) =>
        Should.Throw<PolicyException>(() => AgentConnection.Open(new("https://127.0.0.1:1"), credentials)).Message;

    private static async Task<string> AskAsync(KeyService service, AgentCredentials? credentials)
    {
        using var channel = AgentConnection.Open(service.Address, credentials);
        return (await new PolicyService.PolicyServiceClient(channel).GetAgentAsync(new() { Name = "agents/a" }, cancellationToken: Stop)).Name;
    }

    private X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder[$"{name}.pem"], made.ExportCertificatePem());
        File.WriteAllText(_folder[$"{name}.key"], key.ExportPkcs8PrivateKeyPem());
        return X509Certificate2.CreateFromPemFile(_folder[$"{name}.pem"], _folder[$"{name}.key"]);
    }
}
