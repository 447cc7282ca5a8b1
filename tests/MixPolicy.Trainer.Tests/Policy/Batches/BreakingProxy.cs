using System.Net;
using System.Net.Sockets;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

/// <summary>A port that leads to a service, whose connections break after so many bytes, in the middle of a message or between two, and that can be closed and opened again.</summary>
internal sealed class BreakingProxy : IAsyncDisposable
{
    private readonly Lock _guard = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly List<Task> _forwarding = [];
    private readonly int _port;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _target;
    private volatile TaskCompletionSource? _passing;

    /// <param name="target">Where the service is.</param>
    public BreakingProxy(Uri target)
    {
        Open(target);
        _port = ((IPEndPoint)_listener!.LocalEndpoint).Port;
    }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Asked at every new connection: how many bytes, both ways together, go through it before it breaks; null for all.</summary>
    public Func<int?> Breaks { get; set; } = () => null;

    /// <summary>Connections that were broken.</summary>
    public int Broken { get; private set; }

    /// <summary>Nothing gets through until <see cref="Resume"/>; nothing is lost.</summary>
    public void Pause() => _passing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _passing?.TrySetResult();

    public void Open(Uri target)
    {
        _target = target.Port;
        _listener = new(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Breaks every connection there is; new ones are refused.</summary>
    public async Task CloseAsync()
    {
        _listener?.Stop();
        await _accepting;
        await CutAsync();
    }

    /// <summary>Breaks every connection there is.</summary>
    public async Task CutAsync()
    {
        Task[] forwarding;
        lock (_guard)
        {
            foreach (var client in _open)
            {
                client.Close();
            }

            forwarding = [.. _forwarding];
            _forwarding.Clear();
        }

        await Task.WhenAll(forwarding);
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync();
                lock (_guard)
                {
                    _open.Add(near);
                    _forwarding.Add(ForwardAsync(near, Breaks()));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ForwardAsync(TcpClient near, int? bytes)
    {
        using var far = new TcpClient();
        var left = new Budget(bytes ?? long.MaxValue);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream(), left), CopyAsync(far.GetStream(), near.GetStream(), left));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever is at the ends sees the connection close.
        }

        near.Dispose();
        lock (_guard)
        {
            _open.Remove(near);
            Broken += left.IsSpent ? 1 : 0;
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Budget left)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReadAsync(buffer) is > 0 and var count)
            {
                await (_passing?.Task ?? Task.CompletedTask);
                var through = left.Take(count);
                await to.WriteAsync(buffer.AsMemory(0, through));
                if (through < count)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The other direction has ended.
        }
    }

    private sealed class Budget(long bytes)
    {
        private long _left = bytes;

        public bool IsSpent => Interlocked.Read(ref _left) < 0;

        /// <returns>How many of <paramref name="count"/> bytes still go through.</returns>
        public int Take(int count) => (int)Math.Clamp(Interlocked.Add(ref _left, -count) + count, 0, count);
    }
}
