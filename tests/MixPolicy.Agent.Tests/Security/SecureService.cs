using System.Net;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>A service that asks for keys, on real sockets, and clients with keys as its <c>keys</c> command makes them while it runs.</summary>
public sealed class SecureService : IAsyncDisposable
{
    private readonly List<IDisposable> _clients = [];
    private TestService _service = null!;

    private SecureService()
    {
    }

    public TestService Service => _service;

    /// <param name="configure">Changes its settings further.</param>
    public static async Task<SecureService> StartAsync(Func<AgentOptions, AgentOptions>? configure = null) => new()
    {
        _service = await TestService.StartAsync(options => (configure ?? (same => same))(options with { Authentication = AuthenticationKind.Keys })),
    };

    /// <summary>Runs the command as a user does, beside the service.</summary>
    public async Task<(int Code, string Output, string Error)> CommandAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var sources = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["MixPolicy:DataFolder"] = _service.DataFolder });
        var code = await AdministratorCommands.RunAsync(arguments, sources, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public async Task<string> KeyAsync(string owner, string role, params string[] more)
    {
        var (code, output, error) = await CommandAsync(["keys", "create", "--owner", owner, "--role", role, .. more]);
        code.ShouldBe(0, error);
        return output.Trim();
    }

    public async Task RevokeAsync(string key)
    {
        var (code, _, error) = await CommandAsync("keys", "revoke", IdOf(key));
        code.ShouldBe(0, error);
    }

    /// <param name="key">Null for no key.</param>
    public PolicyService.PolicyServiceClient Client(string? key)
    {
        var channel = GrpcChannel.ForAddress(_service.GrpcAddress);
        _clients.Add(channel);
        return new(channel.Intercept(new TestCancellation()).Intercept(metadata =>
        {
            if (key is not null)
            {
                metadata.Add("authorization", $"Bearer {key}");
            }

            return metadata;
        }));
    }

    public async Task<PolicyService.PolicyServiceClient> ClientAsync(string owner, string role) => Client(await KeyAsync(owner, role));

    /// <summary>A browser of sorts: it keeps cookies, follows no redirects.</summary>
    public HttpClient Browser()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = _service.HttpAddress };
        _clients.Add(client);
        return client;
    }

    /// <summary>All that the service has logged, audit log included.</summary>
    public string ReadLogs() => string.Concat(
        new[] { "logs", "audit" }.Select(name => Path.Combine(_service.DataFolder, name)).Where(Directory.Exists).SelectMany(Directory.GetFiles).Select(ReadShared));

    public string ReadAudit() => string.Concat(Directory.GetFiles(Path.Combine(_service.DataFolder, "audit")).Select(ReadShared));

    public static string IdOf(string key) => key.Split('_')[1];

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _service.DisposeAsync();
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
