using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Dashboard;

/// <summary>Asks what the list of runs asks once, in the background, after the service has started: what is compiled for the first time is not waited for by the first visitor.</summary>
internal sealed partial class WarmUp(RunCatalog catalog, IHostApplicationLifetime lifetime, ILogger<WarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Caller.Current = Caller.Service;
        try
        {
            await catalog.ListAgentsAsync(stoppingToken);
            await catalog.ListRunsAsync(new(), stoppingToken);
            await catalog.OptionsAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            Failed(e);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of runs could not be read ahead")]
    private partial void Failed(Exception exception);
}
