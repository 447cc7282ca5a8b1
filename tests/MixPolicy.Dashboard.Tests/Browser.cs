using Microsoft.Playwright;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Headless Chromium of this machine, one for all tests of the assembly. Debian: apt-get install chromium.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Names another executable.</summary>
    public const string Variable = "MIXPOLICY_CHROMIUM";

    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // A page whose headers a test has changed no longer counts as local, and may otherwise not connect to this machine.
    private const string LocalPages = "--disable-features=LocalNetworkAccessChecks";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string? Executable { get; } = Environment.GetEnvironmentVariable(Variable) ?? Usual.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not null)
        {
            Assertions.SetDefaultExpectTimeout(30_000);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-dev-shm-usage", LocalPages] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }

    /// <summary>A page without a past. The test is skipped where there is no Chromium.</summary>
    public async Task<Tab> OpenAsync(int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        Assert.SkipWhen(Executable is null, $"No Chromium here: install it (Debian: apt-get install chromium), or name one in {Variable}.");
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = colors, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(60_000);
        return new(context, await context.NewPageAsync());
    }
}
