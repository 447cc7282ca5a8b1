using Microsoft.Playwright;

namespace MixPolicy.Dashboard.Tests;

/// <summary>The pictures in README.md and docs/: taken into the folder that MIXPOLICY_SCREENSHOTS names, and otherwise looked at by nobody.</summary>
public sealed class Screenshots(Browser browser)
{
    private const string Variable = "MIXPOLICY_SCREENSHOTS";
    // As far down as the pages go: to be looked at, too large to be kept.
    private const string Whole = "MIXPOLICY_SCREENSHOTS_WHOLE";
    private static readonly string? Folder = Environment.GetEnvironmentVariable(Variable);

    [Fact]
    public async Task EveryPage_InLightAndDark_WideAndNarrow()
    {
        Assert.SkipWhen(Folder is null, $"Set {Variable} to the folder that the pictures go to.");
        await using var service = await DashboardService.StartAsync();
        await Samples.FillAsync(service.Client);
        foreach (var (look, width, height, colors) in new[] { ("light", 1280, 900, ColorScheme.Light), ("dark", 1280, 900, ColorScheme.Dark), ("light-narrow", 390, 844, ColorScheme.Light), ("dark-narrow", 390, 844, ColorScheme.Dark) })
        {
            await using var tab = await browser.OpenAsync(width, height, colors);
            await tab.GoAsync(service, "/");
            await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "ppo-main/seed-1" })).ToBeVisibleAsync();
            await TakeAsync(tab, $"runs-{look}");
            await tab.GoAsync(service, $"/{Samples.Run}");
            await tab.ChartsAsync(5);
            await TakeAsync(tab, $"run-{look}");
            await tab.GoAsync(service, "/compare?group=policy&metric=holdout_top1");
            await tab.ChartsAsync();
            await TakeAsync(tab, $"compare-{look}");
            await tab.GoAsync(service, $"/{Samples.Run}/decisions/17");
            await tab.ChartsAsync(0);
            await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Observation" })).ToBeVisibleAsync();
            await TakeAsync(tab, $"decision-{look}");
            await tab.GoAsync(service, "/agents/ppo-main");
            await tab.ChartsAsync();
            await TakeAsync(tab, $"agent-{look}");
        }
    }

    private static async Task TakeAsync(Tab tab, string name) =>
        await tab.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder!, $"{name}.png"), FullPage = Environment.GetEnvironmentVariable(Whole) == "1" });
}
