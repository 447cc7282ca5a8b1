using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Security.Commands;

namespace MixPolicy.Agent.Tests.Security;

public sealed class KeysCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-keys-").FullName;

    private string Data => Path.Combine(_folder, "data");

    [Fact]
    public async Task Create_BeforeTheServiceHasRun_MakesAKeyForItsFirstStart()
    {
        var (code, output, error) = await RunAsync("keys", "create", "--owner", "ann@example.org", "--role", "Viewer");
        code.ShouldBe(0, error);
        output.Trim().ShouldMatch(@"\Amp_[a-z0-9]{10}_[A-Za-z0-9_-]{43}\z");
        error.ShouldContain("only time");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task List_ShowsStatesAndNoSecrets()
    {
        var works = (await RunAsync("keys", "create", "--owner", "ann", "--role", "trainer", "--expires", "30d")).Output.Trim();
        var gone = (await RunAsync("keys", "create", "--owner", "bob", "--role", "admin")).Output.Trim();
        (await RunAsync("keys", "revoke", SecureService.IdOf(gone))).Output.ShouldContain($"key {SecureService.IdOf(gone)} of bob was revoked at");
        var json = (await RunAsync("keys", "list", "--json")).Output;
        var keys = json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        keys.Select(key => (key["id"]!.ToString(), key["owner"]!.ToString(), key["role"]!.ToString(), key["state"]!.ToString()))
            .ShouldBe([(SecureService.IdOf(works), "ann", "trainer", "works"), (SecureService.IdOf(gone), "bob", "admin", "revoked")]);
        keys[0]["expires"].ShouldNotBeNull();
        keys[0].AsObject().Select(field => field.Key).ShouldBe(["id", "owner", "role", "state", "created", "expires", "last_used", "revoked"]);
        var table = (await RunAsync("keys", "list")).Output;
        table.ShouldContain("revoked");
        (json + table).ShouldNotContain(works.Split('_', 3)[2]);
    }

    [Theory]
    [InlineData("keys create --role trainer", "--owner")]
    [InlineData("keys create --owner Ann --role trainer", "--owner is 'Ann'; allowed: 1 to 64 characters of [a-z0-9._@-]")]
    [InlineData("keys create --owner ../ann --role trainer", "--owner is '../ann'; allowed")]
    [InlineData("keys create --owner ann --role 3", "--role is '3'; allowed: viewer, trainer, admin")]
    [InlineData("keys create --owner ann --role root", "--role is 'root'; allowed: viewer, trainer, admin")]
    [InlineData("keys create --owner ann --role admin --expires 2001-01-01", "--expires is '2001-01-01'; allowed")]
    [InlineData("keys create --owner ann --role admin --expires 0d", "--expires is '0d'; allowed")]
    [InlineData("keys revoke nosuchkey1", "no database")]
    [InlineData("keys list", "no database")]
    public async Task Command_NotAllowed_SaysWhatIs(string line, string message)
    {
        var (code, output, error) = await RunAsync(line.Split(' '));
        code.ShouldNotBe(0);
        output.ShouldBeEmpty();
        error.ShouldContain(message);
    }

    [Fact]
    public async Task Revoke_NoSuchKey_SaysWhereToLook()
    {
        await RunAsync("keys", "create", "--owner", "ann", "--role", "trainer");
        (await RunAsync("keys", "revoke", "aaaaaaaaaa")).Error.ShouldContain("There is no key aaaaaaaaaa; `keys list` shows all.");
    }

    [Fact]
    public async Task Adopt_WhileTheServiceRuns_IsRefused()
    {
        await using var service = await SecureService.StartAsync();
        var (code, _, error) = await service.CommandAsync("keys", "create", "--owner", "ann", "--role", "trainer", "--adopt");
        code.ShouldNotBe(0);
        error.ShouldContain("in use by another service");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await AdministratorCommands.RunAsync([.. arguments, "--data-folder", Data], new ConfigurationBuilder(), output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
