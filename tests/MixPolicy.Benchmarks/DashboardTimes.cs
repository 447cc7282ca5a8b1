using Microsoft.Playwright;
using MixPolicy.Agent.Hosting;

namespace MixPolicy.Benchmarks;

/// <summary>
/// The pages in headless Chromium on this machine, which the service shares: until something is painted, until 5,000 runs are listed, until a run of 100,000 intervals has the
/// numbers of every chart, and those in sight drawn. Each load is a browser context of its own, so nothing comes from a cache. Needs Chromium: /usr/bin/chromium, or what MIXPOLICY_CHROMIUM names.
/// </summary>
internal static class DashboardTimes
{
    private const int Loads = 10;
    private const int Runs = 5000;
    private const int Intervals = 100_000;

    private const string Painted = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime";
    private const string Listed = "() => document.querySelector('.grid tbody a')";
    private const string Drawn = "() => { const all = [...document.querySelectorAll('.chart .canvas')]; return all.length > 5 && all.every(canvas => canvas.dataset.shown && (canvas.dataset.drawn || canvas.getBoundingClientRect().top > innerHeight)); }";

    public static IEnumerable<Measurement> Run(string name)
    {
        using var data = new ExperimentData();
        data.AddRuns("many", name == "dashboard-run" ? 1 : Runs, reports: name == "dashboard-run" ? Intervals : 20);
        return RunAsync(name, data.HandOver()).GetAwaiter().GetResult();
    }

    private static async Task<IReadOnlyList<Measurement>> RunAsync(string name, string folder)
    {
        await using var host = await AgentHost.StartAsync(folder);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Environment.GetEnvironmentVariable("MIXPOLICY_CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        var page = new Uri(host.HttpAddress, name == "dashboard-run" ? "agents/many/runs/run-00000" : "");
        var ready = name == "dashboard-run" ? Drawn : Listed;
        List<double> paints = [], readies = [];
        // The first load compiles and reads; it is told by itself.
        for (var load = 0; load <= Loads; load++)
        {
            var (paint, until) = await LoadAsync(browser, page, ready);
            paints.Add(paint);
            readies.Add(until);
        }

        var what = name == "dashboard-run" ? $"a run of {Intervals:N0} intervals, every chart there and those in sight drawn" : $"{Runs:N0} runs, the first page of rows listed";
        return name == "dashboard-paint"
            ? [Measurement.FromSamples("dashboard-paint: first contentful paint of the list of runs", [.. paints.Skip(1)]) with { Note = $"first load after the start {paints[0]:F0} ms" }]
            : [Measurement.FromSamples($"{name}: {what}", [.. readies.Skip(1)]) with { Note = $"first load after the start {readies[0]:F0} ms; first contentful paint {paints.Skip(1).Order().ElementAt(Loads / 2):F0} ms" }];
    }

    /// <returns>Milliseconds since the navigation began, by the browser's clock.</returns>
    private static async Task<(double Paint, double Ready)> LoadAsync(IBrowser browser, Uri address, string ready)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        await page.WaitForFunctionAsync(ready);
        var until = await page.EvaluateAsync<double>("() => performance.now()");
        return (await page.EvaluateAsync<double>(Painted), until);
    }
}
