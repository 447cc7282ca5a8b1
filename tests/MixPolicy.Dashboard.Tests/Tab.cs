using Microsoft.Playwright;

namespace MixPolicy.Dashboard.Tests;

/// <summary>A page of the browser. What it complains about in its console fails the test.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
        page.Request += (_, request) => Hosts.Add(new Uri(request.Url).Host);
    }

    public IPage Page { get; }

    /// <summary>Whom the page asked for anything.</summary>
    public HashSet<string> Hosts { get; } = [];

    public async Task GoAsync(DashboardService service, string path) => await Page.GotoAsync(new Uri(service.Address, path).ToString());

    /// <summary>Every chart that the page has is there, and drawn where it is in sight.</summary>
    public Task ChartsAsync(int atLeast = 1) => Page.WaitForFunctionAsync(
        "least => { const all = [...document.querySelectorAll('.chart .canvas')]; return all.length >= least && all.every(canvas => canvas.dataset.shown && (canvas.dataset.drawn || canvas.getBoundingClientRect().top > innerHeight)); }", atLeast);

    /// <summary>The page is connected: what happens from here on is shown.</summary>
    public Task InteractiveAsync() => Page.WaitForFunctionAsync("() => document.querySelector('main')?.dataset.live === 'true'");

    /// <summary>From here on documents come with the policy that forbids whatever is not a file of the service.</summary>
    public Task UnderStrictPolicyAsync() => _context.RouteAsync("**/*", async route =>
    {
        if (route.Request.ResourceType != "document")
        {
            await route.ContinueAsync();
            return;
        }

        var response = await route.FetchAsync();
        var headers = new Dictionary<string, string>(response.Headers)
        {
            ["content-security-policy"] = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'",
        };
        await route.FulfillAsync(new() { Response = response, Headers = headers });
    });

    public void ShouldHaveNoComplaints() => _complaints.ShouldBeEmpty();

    public async ValueTask DisposeAsync()
    {
        // Shown where the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine($"{Page.Url}\n{await Page.InnerTextAsync("body", new() { Timeout = 1000 })}\n{string.Join('\n', _complaints)}");
        await _context.DisposeAsync();
    }
}
