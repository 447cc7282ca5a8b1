namespace MixPolicy.Dashboard.Tests;

/// <summary>One service with runs in it, for the tests that only look.</summary>
public sealed class FilledService : IAsyncLifetime
{
    public DashboardService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Browser.Executable is not null)
        {
            Service = await DashboardService.StartAsync();
            await Samples.FillAsync(Service.Client);
        }
    }

    public ValueTask DisposeAsync() => Service?.DisposeAsync() ?? ValueTask.CompletedTask;
}
