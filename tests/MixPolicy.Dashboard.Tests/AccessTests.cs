using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Whoever has no mouse, or does not see.</summary>
public sealed class AccessTests(Browser browser, FilledService filled) : IClassFixture<FilledService>
{
    private readonly DashboardService _service = filled.Service;

    [Theory]
    [InlineData("/")]
    [InlineData($"/{Samples.Run}")]
    [InlineData("/compare")]
    [InlineData($"/{Samples.Run}/decisions/17")]
    [InlineData("/agents/ppo-main")]
    public async Task Page_HasLandmarksHeadingsAndNames(string path)
    {
        await using var tab = await OpenAsync(path);
        await Expect(tab.Page.GetByRole(AriaRole.Banner)).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Main)).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveCountAsync(1);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 2 }).Or(tab.Page.Locator("table")).First).ToBeVisibleAsync();
        // Headings leave no level out.
        (await tab.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('h1, h2, h3, h4')].map(heading => heading.tagName)
                .filter((name, i, all) => i > 0 && Number(name[1]) > Number(all[i - 1][1]) + 1)
            """)).ShouldBeEmpty();
        // Everything that can be acted on, and every table and picture, has a name.
        (await tab.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('a[href], button, input, select, table, img:not([alt=""]), [role=img], [role=region]')]
                .filter(element => !(element.getAttribute('aria-label') ?? element.getAttribute('alt')
                    ?? ((element.labels?.[0] ?? document.getElementById(element.getAttribute('aria-labelledby') ?? '') ?? element.querySelector('caption') ?? element).textContent.trim() || null)))
                .map(element => element.outerHTML.slice(0, 120))
            """)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keyboard_FirstStop_SkipsToTheContent()
    {
        await using var tab = await OpenAsync("/");
        await tab.InteractiveAsync();
        await tab.Page.EvaluateAsync("() => document.activeElement?.blur()");
        await tab.Page.Locator(".skip").FocusAsync();
        await Expect(tab.Page.Locator(".skip")).ToBeInViewportAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.Keyboard.PressAsync("Tab");
        (await tab.Page.EvaluateAsync<bool>("() => document.querySelector('main').contains(document.activeElement)")).ShouldBeTrue();
    }

    [Fact]
    public async Task Keyboard_OpensARunAndADecision()
    {
        await using var tab = await OpenAsync("/");
        await tab.InteractiveAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "ppo-main/seed-1" }).FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "seed-1", Level = 1 })).ToBeFocusedAsync();
        await tab.Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Interval" }).FillAsync("5");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Decision 5", Level = 1 })).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_HasContrast(ColorScheme colors)
    {
        await using var tab = await browser.OpenAsync(colors: colors);
        foreach (var path in new[] { "/", $"/{Samples.Run}/decisions/17", "/agents/ppo-main" })
        {
            await tab.GoAsync(_service, path);
            await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First).ToBeVisibleAsync();
            // WCAG 2.2 AA, 1.4.3.
            (await tab.Page.EvaluateAsync<string[]>(Contrast)).ShouldBeEmpty($"{path}, {colors}");
        }
    }

    [Fact]
    public async Task Theme_Chosen_IsRememberedOverTheSystems()
    {
        await using var tab = await browser.OpenAsync(colors: ColorScheme.Light);
        await tab.GoAsync(_service, "/");
        var light = await BackgroundAsync(tab);
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Theme").SelectOptionAsync("dark");
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        (await BackgroundAsync(tab)).ShouldNotBe(light);
        await tab.Page.ReloadAsync();
        (await BackgroundAsync(tab)).ShouldNotBe(light);
        await Expect(tab.Page.GetByLabel("Theme")).ToHaveValueAsync("dark");
    }

    [Theory]
    [InlineData("/")]
    [InlineData($"/{Samples.Run}")]
    [InlineData("/compare?group=policy")]
    [InlineData($"/{Samples.Run}/decisions/17")]
    [InlineData("/agents/ppo-main")]
    public async Task NarrowScreen_NothingLiesOutsideThePage(string path)
    {
        await using var tab = await browser.OpenAsync(390, 844);
        await tab.GoAsync(_service, path);
        await tab.InteractiveAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        (await tab.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
    }

    private const string Contrast = """
        () => {
            const channels = color => color.match(/[\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
            const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                    const color = channels(getComputedStyle(at).backgroundColor);
                    if (color.length < 4 || color[3] > 0) return color;
                }
                return [255, 255, 255];
            };
            return [...document.querySelectorAll('body *')]
                .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && element.getClientRects().length && !element.closest('.unseen, .reconnect, script'))
                .map(element => {
                    const style = getComputedStyle(element);
                    const [a, b] = [luminance(channels(style.color)), luminance(behind(element))];
                    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
                    return ratio < (large ? 3 : 4.5) ? `${element.tagName}.${element.className} ${ratio.toFixed(2)}: ${element.textContent.trim().slice(0, 40)}` : null;
                })
                .filter(told => told);
        }
        """;

    private static Task<string> BackgroundAsync(Tab tab) => tab.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private async Task<Tab> OpenAsync(string path)
    {
        var tab = await browser.OpenAsync();
        await tab.GoAsync(_service, path);
        return tab;
    }
}
