using System.Net;
using System.Net.Sockets;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>A port that leads to another one while it is open, and to nothing otherwise: an agent that cannot be reached.</summary>
/// <param name="target">A port of this machine.</param>
internal sealed class Gate(int target) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private Task _accepting = Task.CompletedTask;

    public int Port { get; } = ServiceProcess.FreePort();

    public string Address => $"http://127.0.0.1:{Port}";

    public void Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        _accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(ForwardAsync(await listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
            await Task.WhenAll(open);
        }
    }

    private async Task ForwardAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, target, _closing.Token);
                await Task.WhenAny(
                    near.GetStream().CopyToAsync(far.GetStream(), _closing.Token),
                    far.GetStream().CopyToAsync(near.GetStream(), _closing.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Whoever is at the ends sees the connection close.
                near.Close();
            }
        }
    }
}
