using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Pages that stay open while things happen.</summary>
public sealed class LiveTests(Browser browser)
{
    [Fact]
    public async Task EmptyService_FirstRun_AppearsWithoutReload()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        await tab.GoAsync(service, "/");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Nothing has run yet" })).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        var training = await Training.StartAsync(service.Client, "a", "first", Training.Ppo(), intervals: 20);
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "a/first" })).ToBeVisibleAsync();
        await training.ReportAsync(5);
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a/first" });
        await Expect(row).ToContainTextAsync("5 / 20");
        await training.FinishAsync();
        await Expect(row).ToContainTextAsync("finished");
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task RunPage_IntervalsAreReported_ChartsGrow()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        var training = await Training.StartAsync(service.Client, "a", "r", Training.Ppo(), intervals: 30);
        await training.ReportAsync(3);
        await tab.GoAsync(service, "/agents/a/runs/r");
        await tab.ChartsAsync(3);
        await Expect(tab.Page.GetByText("3 of 30 intervals")).ToBeVisibleAsync();
        await training.ReportAsync(9);
        await Expect(tab.Page.GetByText("12 of 30 intervals")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("figure").Filter(new() { HasText = "Accuracy" }).GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(new System.Text.RegularExpressions.Regex("at 11, between"));
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task DecisionPage_ReportComes_RewardIsShown()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        var training = await Training.StartAsync(service.Client, "a", "r", Training.Ppo(), intervals: 30);
        await training.ReportAsync(3);
        await tab.GoAsync(service, "/agents/a/runs/r/decisions/3");
        await Expect(tab.Page.GetByText("not reported yet").First).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        await training.ReportAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Table, new() { Name = "What the trainer reported" })).ToContainTextAsync("holdout_loss");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Next" })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task ServiceRestarts_OpenPage_ComesBackByItselfAndGoesOn()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        await Training.StartAsync(service.Client, "a", "before", Training.Ppo());
        await tab.GoAsync(service, "/");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "a/before" })).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        await service.GoDownAsync();
        await Expect(tab.Page.GetByText("Connection lost")).ToBeVisibleAsync();
        await service.ComeUpAsync();
        await Training.StartAsync(service.Client, "a", "after", Training.Ppo());
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "a/after" })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("Connection lost")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task ProgressIsTold_AppearsWhileTheIntervalRuns()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        var training = await Training.StartAsync(service.Client, "a", "r", Training.Ppo());
        await tab.GoAsync(service, $"/{training.Run}");
        await tab.InteractiveAsync();
        using var steer = service.Client.Steer();
        await steer.RequestStream.WriteAsync(new() { Decide = new() { Run = training.Run, LeaseToken = training.Started.Lease.Token } });
        (await steer.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
        foreach (var batch in new[] { 7, 42 })
        {
            await steer.RequestStream.WriteAsync(new() { Progress = new() { Interval = 0, Batch = batch, Batches = 100, RunningLoss = 1.5, ImagesPerSecond = 250 } });
            await Expect(tab.Page.GetByText($"Interval 0: batch {batch} of 100, loss 1.5")).ToBeVisibleAsync();
        }

        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task ConnectionNeverCame_TheRunsArePainted_NothingCanBeTypedInVain_AndThePageComesLiveByItself()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        await Training.StartAsync(service.Client, "a", "painted", Training.Ppo());
        const string Connection = "**/_blazor/**";
        await tab.Page.RouteAsync(Connection, route => route.AbortAsync());
        await tab.GoAsync(service, "/");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "a/painted" })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByLabel("Search")).ToBeDisabledAsync();
        await tab.Page.UnrouteAsync(Connection);
        await Expect(tab.Page.GetByLabel("Search")).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await tab.InteractiveAsync();
    }
}
