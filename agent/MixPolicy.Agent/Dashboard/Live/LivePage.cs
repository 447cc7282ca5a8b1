using System.Data.Common;
using Microsoft.AspNetCore.Components;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Live;
using MixPolicy.V1;

namespace MixPolicy.Agent.Dashboard.Live;

/// <summary>A page that shows what is in the database and follows what happens to it while it is open.</summary>
public abstract partial class LivePage : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private CancellationTokenSource? _following;
    private string? _followed;
    private Task _follows = Task.CompletedTask;

    /// <summary>What keeps the page from showing something, in words; null where nothing does.</summary>
    protected string? Failure { get; private set; }

    /// <summary>The browser has left.</summary>
    protected CancellationToken Leaving => _leaving.Token;

    [Inject]
    internal LiveRuns Live { get; set; } = null!;

    [Inject]
    internal ILogger<LivePage> Logger { get; set; } = null!;

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _follows;
        _following?.Dispose();
        _leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a query of the page; what it is refused, or fails with, is shown instead of the page.</summary>
    protected async Task LoadAsync(Func<Task> load)
    {
        try
        {
            await load();
            Failure = null;
        }
        catch (RefusalException e)
        {
            Failure = e.Message;
        }
        catch (DbException e)
        {
            LogFailed(Logger, GetType().Name, e);
            Failure = "The database could not be read. The service's log says why.";
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            // Nobody sees it.
        }
    }

    /// <summary>
    /// Calls <see cref="HappenedAsync"/> from now on. To be called before the page reads what it shows, so that nothing is missed between. Before the page is interactive
    /// there is nobody to tell.
    /// </summary>
    /// <param name="name">agents/{agent}/runs/{run}, agents/{agent}, or agents/- for everything.</param>
    protected async Task FollowAsync(string name)
    {
        if (!RendererInfo.IsInteractive || name == _followed)
        {
            return;
        }

        if (_following is not null)
        {
            await _following.CancelAsync();
            await _follows;
            _following.Dispose();
        }

        _followed = name;
        _following = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        try
        {
            _follows = FollowAsync(await Live.OpenAsync(name, _following.Token), _following.Token);
        }
        catch (RefusalException)
        {
            // The page's own query says so.
        }
    }

    /// <summary>Something happened; the page is drawn anew afterwards.</summary>
    protected abstract Task HappenedAsync(IReadOnlyList<RunEvent> events);

    private async Task FollowAsync(RunWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            await Live.FollowAsync(watch, events => InvokeAsync(() => ShowAsync(events)), cancellationToken);
        }
        catch (RefusalException)
        {
            // It was deleted, and the query that finds so says it.
            await InvokeAsync(() => ShowAsync([]));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            LogFailed(Logger, GetType().Name, e);
        }
    }

    private async Task ShowAsync(IReadOnlyList<RunEvent> events)
    {
        if (!Leaving.IsCancellationRequested)
        {
            await HappenedAsync(events);
            StateHasChanged();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Page {Page} failed")]
    private static partial void LogFailed(ILogger logger, string page, Exception exception);
}
