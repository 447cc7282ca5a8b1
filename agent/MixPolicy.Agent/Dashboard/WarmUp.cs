using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Dashboard;

/// <summary>
/// Asks once, in the background after the service has started, what the list of runs and the page of the latest run ask: what is compiled and read for the first time is not
/// waited for by the first visitor.
/// </summary>
internal sealed partial class WarmUp(RunCatalog catalog, RunCharts charts, IHostApplicationLifetime lifetime, ILogger<WarmUp> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Caller.Current = Caller.Service;
        try
        {
            await catalog.ListAgentsAsync(stoppingToken);
            var latest = await catalog.ListRunsAsync(new() { Limit = 1 }, stoppingToken);
            await catalog.OptionsAsync(stoppingToken);
            if (latest.Items is [var run])
            {
                await charts.SeriesAsync(RunName.Parse("name", run.Name), [], points: 1000, stoppingToken);
                await charts.TimelineAsync(RunName.Parse("name", run.Name), steps: 400, stoppingToken);
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
        catch (Exception e)
        {
            // A page that asks the same will say it.
            Failed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The runs could not be read ahead")]
    private partial void Failed(Exception exception);
}
