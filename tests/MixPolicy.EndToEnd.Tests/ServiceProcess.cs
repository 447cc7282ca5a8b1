using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>The agent service as users start it, on a port of its own. It can be killed and started again.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly string _folder;
    private readonly int _port = FreePort();
    private Process _process;

    /// <param name="folder">Its data folder.</param>
    public ServiceProcess(string folder)
    {
        _folder = folder;
        _process = Start();
    }

    public int Port => _port;

    public string Address => $"http://127.0.0.1:{_port}";

    /// <summary>SIGKILL, and a new process on the same port and data.</summary>
    public void KillAndRestart()
    {
        Kill();
        _process = Start();
    }

    public void Dispose() => Kill();

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "MixPolicy.Agent.dll"),
                "--grpc-port", $"{_port}", "--http-port", "0", "--data-folder", _folder, "--log-to-console", "false",
            },
        };
        return Process.Start(start)!;
    }
}
