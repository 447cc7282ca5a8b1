using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>Ends what is open under keys that were revoked, by whatever process, or have expired, and writes down when keys were used.</summary>
internal sealed partial class KeyWatch(KeyStore keys, OpenCalls calls, KeyUses uses, AgentClock clock, ILogger<KeyWatch> logger) : BackgroundService
{
    // A revoked key has to stop working within a second.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(400);

    private const int PeriodsBetweenNotes = 75;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(NoteUsesAsync);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        for (var period = 1; await timer.WaitForNextTickAsync(stoppingToken); period++)
        {
            await TryAsync(() => EndFaultyAsync(stoppingToken));
            if (period % PeriodsBetweenNotes == 0)
            {
                await TryAsync(NoteUsesAsync);
            }
        }
    }

    private async Task EndFaultyAsync(CancellationToken cancellationToken)
    {
        var open = calls.Keys;
        if (open.Count == 0)
        {
            return;
        }

        foreach (var key in await keys.FaultyAsync(open, cancellationToken))
        {
            calls.End(key.Id, key.Fault(clock.Now)!);
        }
    }

    private async Task NoteUsesAsync()
    {
        if (uses.Take() is { Count: > 0 } taken)
        {
            await keys.NoteAsync(taken);
        }
    }

    // A database in trouble refuses every call by itself; this loop has to be there when it is over.
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the keys could not be looked at")]
    private partial void Failed(Exception exception);
}
