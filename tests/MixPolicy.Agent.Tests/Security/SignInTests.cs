using System.Net;
using System.Text.RegularExpressions;

namespace MixPolicy.Agent.Tests.Security;

public sealed partial class SignInTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WithoutSession_LeadsToTheSignInAndBack()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready/x?a=b");
        request.Headers.Accept.Add(new("text/html"));
        var refused = await browser.SendAsync(request, Token);
        refused.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        refused.Headers.Location!.OriginalString.ShouldBe("/login?returnUrl=%2Fhealth%2Fready%2Fx%3Fa%3Db");
        var form = await FormAsync(browser, refused.Headers.Location.OriginalString);
        var entered = await PostAsync(browser, "/login", form with { Key = await service.KeyAsync("ann", "viewer") });
        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        entered.Headers.Location!.OriginalString.ShouldBe("/health/ready/x?a=b");
    }

    [Fact]
    public async Task Cookie_CannotBeReadByScriptsOrSentByOtherSites()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var entered = await PostAsync(browser, "/login", await FormAsync(browser) with { Key = await service.KeyAsync("ann", "viewer") });
        var cookie = entered.Headers.GetValues("Set-Cookie").Single(header => header.StartsWith("mixpolicy-session=", StringComparison.Ordinal));
        cookie.ShouldContain("; httponly");
        cookie.ShouldContain("; samesite=strict");
        cookie.ShouldNotContain("expires=", Case.Insensitive, "it ends with the browser");
    }

    [Fact]
    public async Task WrongKey_IsRefusedWithoutEchoingIt()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var refused = await PostAsync(browser, "/login", await FormAsync(browser) with { Key = "<script>alert(1)</script>" });
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var page = await refused.Content.ReadAsStringAsync(Token);
        page.ShouldContain("role=\"alert\"");
        page.ShouldNotContain("alert(1)");
    }

    [Fact]
    public async Task WithoutTheFormsToken_IsRefused()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var key = await service.KeyAsync("ann", "viewer");
        (await PostAsync(browser, "/login", new("", "/", key))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var other = service.Browser();
        (await PostAsync(browser, "/login", await FormAsync(other) with { Key = key })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("~/x")]
    public async Task ReturnUrl_ToAnotherSite_IsNotFollowed(string url)
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var form = await FormAsync(browser, $"/login?returnUrl={Uri.EscapeDataString(url)}");
        var entered = await PostAsync(browser, "/login", form with { ReturnUrl = url, Key = await service.KeyAsync("ann", "viewer") });
        entered.Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Fact]
    public async Task SignOut_EndsTheSession()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        await SignInAsync(browser, await service.KeyAsync("ann", "viewer"));
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.NotFound);
        var form = await FormAsync(browser);
        (await PostAsync(browser, "/logout", new("", "/", ""))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(browser, "/logout", form)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task RevokedKey_EndsItsSessions()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var key = await service.KeyAsync("ann", "viewer");
        await SignInAsync(browser, key);
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.NotFound);
        await service.RevokeAsync(key);
        (await StatusAsync(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_OutlivesARestartOfTheService()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var cookie = await SignInAsync(browser, await service.KeyAsync("ann", "viewer"));
        await service.Service.RestartAsync();
        using var again = new HttpClient { BaseAddress = service.Service.HttpAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing-is-here");
        request.Headers.Add("Cookie", cookie);
        (await again.SendAsync(request, Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Attempts_TooMany_AreRefused()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var form = await FormAsync(browser) with { Key = (await service.KeyAsync("ann", "viewer"))[..^2] + "xx" };
        for (var i = 0; i < 10; i++)
        {
            (await PostAsync(browser, "/login", form)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await PostAsync(browser, "/login", form)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task WithoutAuthentication_NobodyIsAskedToSignIn()
    {
        await using var service = await Service.TestService.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = service.HttpAddress };
        (await client.GetAsync("/login", Token)).Headers.Location!.OriginalString.ShouldBe("/");
        (await client.GetAsync("/nothing-is-here", Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <returns>The cookie of the session, as a request carries it.</returns>
    internal static async Task<string> SignInAsync(HttpClient browser, string key)
    {
        var entered = await PostAsync(browser, "/login", await FormAsync(browser) with { Key = key });
        entered.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        return entered.Headers.GetValues("Set-Cookie").Single(header => header.StartsWith("mixpolicy-session=", StringComparison.Ordinal)).Split(';')[0];
    }

    /// <summary>Of a page that is not there: only to those who are let in.</summary>
    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser) => (await browser.GetAsync("/nothing-is-here", Token)).StatusCode;

    private static async Task<Form> FormAsync(HttpClient browser, string address = "/login")
    {
        var page = await browser.GetStringAsync(address, Token);
        var returnUrl = ReturnField().Match(page).Groups[1].Value;
        return new(TokenField().Match(page).Groups[1].Value, WebUtility.HtmlDecode(returnUrl), "");
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient browser, string address, Form form) => browser.PostAsync(
        address,
        new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = form.Token, ["returnUrl"] = form.ReturnUrl, ["key"] = form.Key }),
        Token);

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();

    [GeneratedRegex("name=\"returnUrl\" value=\"([^\"]+)\"")]
    private static partial Regex ReturnField();

    private sealed record Form(string Token, string ReturnUrl, string Key);
}
