using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Clicks through every page of a service that has runs.</summary>
public sealed class PageTests(Browser browser, FilledService filled) : IClassFixture<FilledService>
{
    private readonly DashboardService _service = filled.Service;

    [Fact]
    public async Task Runs_Listed_WithStatusAccuracyAndPolicy()
    {
        await using var tab = await OpenAsync("/");
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ppo-main/seed-3" });
        await Expect(row).ToContainTextAsync("active");
        await Expect(row).ToContainTextAsync("37 / 60");
        await Expect(row).ToContainTextAsync("ppo");
        await Expect(row).ToContainTextAsync("shapes");
        await Expect(tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "uniform/seed-1" })).ToContainTextAsync("finished");
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasTextString = "6 runs" })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Runs_FilteredAndSorted_AddressKeepsIt()
    {
        await using var tab = await OpenAsync("/");
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasTextString = "6 runs" })).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Policy", new() { Exact = true }).SelectOptionAsync("random");
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasTextString = "3 runs" })).ToBeVisibleAsync();
        await Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"\?policy=random$"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr").First).ToContainTextAsync("seed-1");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr").First).ToContainTextAsync("seed-3");
        await tab.Page.ReloadAsync();
        await tab.InteractiveAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasTextString = "3 runs" })).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Search").FillAsync("nothing like this");
        await tab.Page.GetByLabel("Search").PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "No run matches" })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Run_Opened_DrawsEveryChartAndSaysItInWords()
    {
        await using var tab = await OpenAsync("/");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "ppo-main/seed-1" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "seed-1", Level = 1 })).ToBeVisibleAsync();
        await tab.ChartsAsync(12);
        foreach (var chart in new[] { "Accuracy", "Loss", "Generalisation gap", "Calibration error (ECE)", "Reward", "Entropy", "What the policy decided" })
        {
            await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = chart, Exact = true })).ToBeVisibleAsync();
        }

        await Expect(tab.Page.Locator("figure").Filter(new() { HasText = "Accuracy" }).GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(new System.Text.RegularExpressions.Regex("Held-out: from .+ at 0 to .+ at 59"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "What the policy decided as a table" }).ClickAsync();
        var table = tab.Page.GetByRole(AriaRole.Table, new() { Name = "What the policy decided" });
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(61);
        await Expect(table).ToContainTextAsync("Probability of R-Mix");
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Run_TimelineClicked_OpensTheDecisionUnderIt()
    {
        await using var tab = await OpenAsync($"/{Samples.Run}");
        await tab.ChartsAsync(5);
        var canvas = tab.Page.Locator(".canvas-timeline");
        var box = (await canvas.BoundingBoxAsync())!;
        // The grid has 58 pixels to its left and 18 to its right; 60 intervals lie between.
        await canvas.ClickAsync(new() { Position = new() { X = 58 + ((box.Width - 76) * 30.5f / 60), Y = 80 } });
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Decision 30", Level = 1 })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Run_Csv_IsDownloadedWhole()
    {
        await using var tab = await OpenAsync($"/{Samples.Run}");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(61);
        lines[0].ShouldContain("holdout_top1");
    }

    [Fact]
    public async Task Decision_SteppedThrough_ShowsWhatThePolicySawAndEarned()
    {
        await using var tab = await OpenAsync($"/{Samples.Run}/decisions/17");
        await Expect(tab.Page.GetByRole(AriaRole.Table, new() { Name = "What the policy gave each method" })).ToContainTextAsync("chosen");
        await Expect(tab.Page.GetByRole(AriaRole.Table, new() { Name = "The observation" })).ToContainTextAsync("learning_rate_ratio");
        await Expect(tab.Page.GetByText("Policy version")).ToBeVisibleAsync();
        await Expect(tab.Page.GetByText("not reported yet")).ToHaveCountAsync(0);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Decision 18", Level = 1 })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Latest" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Decision 59", Level = 1 })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Next" })).ToHaveCountAsync(0);
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Compare_ChosenInTheList_ThenGroupedByPolicyWithBands()
    {
        await using var tab = await OpenAsync("/");
        await tab.Page.GetByLabel("Choose agents/ppo-main/runs/seed-1 to compare").CheckAsync();
        await tab.Page.GetByLabel("Choose agents/uniform/runs/seed-1 to compare").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Compare 2 chosen" }).ClickAsync();
        await Expect(tab.Page.GetByText("2 runs in 2 groups")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Compare by filter instead" }).ClickAsync();
        await Expect(tab.Page.GetByText("6 runs in 6 groups")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("Group by").SelectOptionAsync("policy");
        await Expect(tab.Page.GetByText("6 runs in 2 groups")).ToBeVisibleAsync();
        await tab.ChartsAsync();
        var table = tab.Page.GetByRole(AriaRole.Table, new() { Name = "The groups" });
        await Expect(table.GetByRole(AriaRole.Row).Filter(new() { HasText = "random" }).GetByRole(AriaRole.Cell).First).ToHaveTextAsync("3");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());
        (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldContain("holdout_top1_mean");
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Agent_ShowsSpecRunsAndUpdates()
    {
        await using var tab = await OpenAsync("/agents/ppo-main");
        await tab.ChartsAsync(5);
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "seed-3", Exact = true })).ToBeVisibleAsync();
        await Expect(tab.Page.GetByLabel("The spec as JSON")).ToContainTextAsync("\"rollout\": 8");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Entropy" })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task Runs_SortedByStatus_ActiveOnesFirst()
    {
        await using var tab = await OpenAsync("/");
        await tab.InteractiveAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Status", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr").First).ToContainTextAsync("ppo-main/seed-3");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Status", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("tbody tr").First).ToContainTextAsync("finished");
    }

    [Theory]
    [InlineData("/nothing/like/this")]
    [InlineData("/agents/ppo-main/nothing")]
    public async Task UnknownAddress_IsToldAs404_AndLeadsBack(string path)
    {
        await using var tab = await browser.OpenAsync();
        var answer = await tab.Page.GotoAsync(new Uri(_service.Address, path).ToString());
        answer!.Status.ShouldBe(404);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "All runs" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Runs", Level = 1 })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/agents/nobody", "agents/nobody does not exist.")]
    [InlineData("/agents/ppo-main/runs/none", "agents/ppo-main/runs/none does not exist.")]
    [InlineData($"/{Samples.Run}/decisions/999", $"{Samples.Run}/decisions/999 does not exist.")]
    [InlineData("/compare?metric=nonsense", "nonsense")]
    [InlineData("/compare?run=agents/ppo-main/runs/none", "agents/ppo-main/runs/none does not exist.")]
    public async Task WhatIsNotThere_IsSaidInWords(string path, string told)
    {
        await using var tab = await OpenAsync(path);
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(told);
    }

    [Theory]
    [InlineData("/")]
    [InlineData($"/{Samples.Run}")]
    [InlineData("/compare?group=policy")]
    [InlineData($"/{Samples.Run}/decisions/17")]
    public async Task Page_UnderAStrictContentSecurityPolicy_AsksNobodyElse(string path)
    {
        await using var tab = await browser.OpenAsync();
        await tab.UnderStrictPolicyAsync();
        await tab.GoAsync(_service, path);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await tab.InteractiveAsync();
        await tab.ChartsAsync(path == "/" ? 0 : 1);
        await tab.Page.GetByLabel("Theme").SelectOptionAsync("dark");
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        tab.ShouldHaveNoComplaints();
        tab.Hosts.ShouldBe([_service.Address.Host]);
    }

    private async Task<Tab> OpenAsync(string path)
    {
        var tab = await browser.OpenAsync();
        await tab.GoAsync(_service, path);
        return tab;
    }
}
