using System.Net;
using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Security;

public sealed class ListeningTests
{
    [Fact]
    public void Defaults_AreLoopbackWithoutKeys()
    {
        var options = CommandLine.Read([], new ConfigurationBuilder());
        IPAddress.IsLoopback(IPAddress.Parse(options.Address)).ShouldBeTrue();
        options.Authentication.ShouldBe(AuthenticationKind.None);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public async Task PublicAddress_WithoutAuthentication_IsRefusedAtStart(string address)
    {
        var refusal = await Should.ThrowAsync<SettingsException>(() => AgentHost.StartAsync(
            new AgentOptions { Address = address, GrpcPort = 0, HttpPort = 0, DataFolder = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}") }, TimeProvider.System, TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain($"MixPolicy:Address is '{address}'");
        refusal.Message.ShouldContain("Set Authentication to Keys");
        refusal.Message.ShouldContain("AllowUnauthenticated");
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void LoopbackAddress_NeedsNoAuthentication(string address) => CommandLine.Validate(new() { Address = address });

    [Fact]
    public async Task PublicAddress_WithKeysOrToldTo_IsListenedOn()
    {
        await using var secure = await SecureService.StartAsync(options => options with { Address = "0.0.0.0" });
        await using var open = await TestService.StartAsync(options => options with { Address = "0.0.0.0", AllowUnauthenticated = true });
        secure.ReadLogs().ShouldContain("keys come to 0.0.0.0 without TLS");
    }

    [Fact]
    public async Task KeysThatNobodyIsAskedFor_AreRemarkedOn()
    {
        await using var service = await TestService.StartAsync();
        await service.GoDownAsync();

        using var output = new StringWriter();
        (await MixPolicy.Agent.Security.Commands.AdministratorCommands.RunAsync(
            ["keys", "create", "--owner", "ann", "--role", "admin", "--data-folder", service.DataFolder], new ConfigurationBuilder(), output, output, TestContext.Current.CancellationToken)).ShouldBe(0);
        await service.ComeUpAsync();
        await service.GoDownAsync();
        (await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(service.DataFolder, "logs")).Single(), TestContext.Current.CancellationToken)).ShouldContain("there are 1 keys, and nobody is asked for one");
        await service.ComeUpAsync();
    }

    [Theory]
    [InlineData("--certificate-file a.pem", "MixPolicy:CertificateFile and MixPolicy:CertificateKeyFile belong together")]
    [InlineData("--client-authority-file a.pem", "needs TLS")]
    [InlineData("--trainer-key-file a.key", "Set Authentication to Keys")]
    [InlineData("--allowed-hosts *", "MixPolicy:AllowedHosts holds '*'; allowed")]
    [InlineData("--allowed-hosts a;http://b", "holds 'http://b'")]
    [InlineData("--authentication Some", "Allowed: None, Keys")]
    public void Settings_ThatDoNotGoTogether_AreRefused(string line, string message) =>
        Should.Throw<SettingsException>(() => CommandLine.Read(line.Split(' '), new ConfigurationBuilder())).Message.ShouldContain(message);
}
