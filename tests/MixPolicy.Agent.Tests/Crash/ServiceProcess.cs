using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Crash;

/// <summary>The service as users start it: its own process, its own data folder. It can be killed and started again.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-crash-").FullName;
    private readonly (int Grpc, int Http) _ports = FreePorts();
    private readonly (string Name, string Value)[] _environment;
    private Process _process;
    private GrpcChannel _channel;

    /// <param name="environment">Variables of its environment besides those of this process.</param>
    public ServiceProcess(params (string Name, string Value)[] environment)
    {
        _environment = environment;
        (_process, _channel) = Start();
    }

    public Uri GrpcAddress => new($"http://127.0.0.1:{_ports.Grpc}");

    public Uri HttpAddress => new($"http://127.0.0.1:{_ports.Http}");

    public PolicyService.PolicyServiceClient Client => new(_channel);

    /// <summary>SIGKILL, and a new process.</summary>
    public void KillAndRestart()
    {
        Kill();
        (_process, _channel) = Start();
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _channel.Dispose();
    }

    /// <summary>Repeats a call until the service is there to answer it, as a trainer does.</summary>
    public async Task<T> UntilAnsweredAsync<T>(Func<PolicyService.PolicyServiceClient, AsyncUnaryCall<T>> call)
    {
        var giveUp = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                return await call(Client);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && DateTime.UtcNow < giveUp)
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"The service ended with {_process.ExitCode}: {await _process.StandardError.ReadToEndAsync()}", e);
                }

                await Task.Delay(30, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>The log files so far.</summary>
    public string ReadLog() => string.Concat(Directory.GetFiles(Path.Combine(_folder, "logs")).Select(File.ReadAllText));

    /// <summary>SIGTERM, as service managers send it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private (Process Process, GrpcChannel Channel) Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "MixPolicy.Agent.dll"),
                "--grpc-port", $"{_ports.Grpc}", "--http-port", $"{_ports.Http}", "--data-folder", _folder, "--log-to-console", "false",
            },
            // Most of a restart is compiling: without profiling there is less of it.
            Environment = { ["DOTNET_TieredPGO"] = "0" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        var channel = GrpcChannel.ForAddress(GrpcAddress, new() { InitialReconnectBackoff = TimeSpan.FromMilliseconds(30), MaxReconnectBackoff = TimeSpan.FromMilliseconds(100) });
        return (Process.Start(start)!, channel);
    }

    private static (int Grpc, int Http) FreePorts()
    {
        using TcpListener grpc = new(IPAddress.Loopback, 0), http = new(IPAddress.Loopback, 0);
        grpc.Start();
        http.Start();
        return (((IPEndPoint)grpc.LocalEndpoint).Port, ((IPEndPoint)http.LocalEndpoint).Port);
    }
}
