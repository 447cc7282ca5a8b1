using Microsoft.Playwright;
using MixPolicy.Agent.Configuration;
using static Microsoft.Playwright.Assertions;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Pages of a service that asks for keys.</summary>
public sealed class SessionTests(Browser browser)
{
    [Fact]
    public async Task Owners_SeeTheirOwnRunsLive_UntilTheirKeyIsRevoked()
    {
        await using var service = await DashboardService.StartAsync(AuthenticationKind.Keys);
        var ann = await service.KeysAsync("create", "--owner", "ann", "--role", "trainer");
        var bob = await service.KeysAsync("create", "--owner", "bob", "--role", "trainer");
        await using var anns = await SignInAsync(service, ann);
        await using var bobs = await SignInAsync(service, bob);
        var training = await Training.StartAsync(service.ClientWith(ann), "a", "first", Training.Ppo(), intervals: 20);
        await training.ReportAsync(5);
        var row = anns.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a/first" });
        await Expect(row).ToContainTextAsync("5 / 20");
        // What bob starts afterwards comes, and what ann has does not.
        await Training.StartAsync(service.ClientWith(bob), "b", "second", Training.Ppo(), intervals: 20);
        await Expect(bobs.Page.GetByRole(AriaRole.Link, new() { Name = "b/second" })).ToBeVisibleAsync();
        await Expect(bobs.Page.GetByText("a/first")).ToHaveCountAsync(0);
        await Expect(anns.Page.GetByText("b/second")).ToHaveCountAsync(0);
        await bobs.GoAsync(service, "/agents/a/runs/first");
        await Expect(bobs.Page.GetByText("agents/a/runs/first does not exist")).ToBeVisibleAsync();
        anns.ShouldHaveNoComplaints();

        await service.KeysAsync("revoke", ann.Split('_')[1]);
        await anns.GoAsync(service, "/");
        await Expect(anns.Page.GetByLabel("Key")).ToBeVisibleAsync();
    }

    private async Task<Tab> SignInAsync(DashboardService service, string key)
    {
        var tab = await browser.OpenAsync();
        await tab.GoAsync(service, "/");
        await tab.Page.GetByLabel("Key").FillAsync(key);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.InteractiveAsync();
        return tab;
    }
}
