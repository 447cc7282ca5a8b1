using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Security.Web;

/// <summary>What the pages of <see cref="SignIn"/> look like. Plain HTML: they work before anything else does.</summary>
internal static class SignInPage
{
    public static byte[] Style { get; } = Read("login.css");

    /// <param name="problem">What went wrong before, or null.</param>
    public static string Form(AntiforgeryTokenSet token, string returnUrl, string? problem) => Page("Sign in", $"""
        <form method="post" action="{SignIn.Path}">
          {Hidden(token.FormFieldName, token.RequestToken!)}
          {Hidden("returnUrl", returnUrl)}
          {(problem is null ? "" : $"<p class=\"problem\" id=\"problem\" role=\"alert\">{Safe(problem)}</p>")}
          <label for="key">Key</label>
          <input id="key" name="key" type="password" required autofocus autocomplete="current-password" spellcheck="false" placeholder="mp_…"
            aria-describedby="{(problem is null ? "hint" : "problem hint")}"{(problem is null ? "" : " aria-invalid=\"true\"")}>
          <p class="hint" id="hint">Whoever runs this service makes one with <code>keys create</code>.</p>
          <button type="submit">Sign in</button>
        </form>
        """);

    public static string SignedIn(Caller caller, AntiforgeryTokenSet token) => Page("Signed in", $"""
        <p>You are signed in as <strong>{Safe(caller.Owner ?? "")}</strong> ({Safe(caller.Role.ToString().ToLowerInvariant())}) with key <code>{Safe(caller.KeyId ?? "")}</code>.</p>
        <form method="post" action="{SignIn.OutPath}">
          {Hidden(token.FormFieldName, token.RequestToken!)}
          <button type="submit">Sign out</button>
          <a href="/">Go on</a>
        </form>
        """);

    private static string Page(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · MixPolicy</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/login.css">
        </head>
        <body>
        <main>
        <h1><span>MixPolicy</span> {title}</h1>
        {body}
        </main>
        </body>
        </html>
        """;

    private static string Hidden(string name, string value) => $"<input type=\"hidden\" name=\"{Safe(name)}\" value=\"{Safe(value)}\">";

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);

    private static byte[] Read(string name)
    {
        using var stream = typeof(SignInPage).Assembly.GetManifestResourceStream($"{typeof(SignInPage).Namespace}.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
