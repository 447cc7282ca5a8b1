using System.Text.Json;
using MixPolicy.Agent.Log;
using Spectre.Console;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>How <c>keys list</c> shows keys.</summary>
internal static class KeyListing
{
    // As the messages of the contract are written.
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>An object a key.</summary>
    public static IEnumerable<string> JsonLines(IEnumerable<KeyRow> keys, DateTimeOffset now) => keys.Select(key => JsonSerializer.Serialize(
        new
        {
            key.Id,
            key.Owner,
            Role = key.Role.ToString().ToLowerInvariant(),
            State = State(key, now),
            key.Created,
            key.Expires,
            key.LastUsed,
            key.Revoked,
        },
        Layout));

    public static string Table(IReadOnlyList<KeyRow> keys, DateTimeOffset now)
    {
        if (keys.Count == 0)
        {
            return "There are no keys. `keys create` makes one.";
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "owner", "role", "state", "created", "last used", "expires");
        foreach (var key in keys)
        {
            table.AddRow(new[]
            {
                key.Id, key.Owner, key.Role.ToString().ToLowerInvariant(), State(key, now), Time(key.Created), Time(key.LastUsed), Time(key.Expires),
            }.Select(Markup.Escape).ToArray());
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        // Wide enough for every column: what is cut cannot be copied.
        console.Profile.Width = 160;
        console.Write(table);
        return text.ToString().TrimEnd();
    }

    private static string State(KeyRow key, DateTimeOffset now) => key.Revoked is not null ? "revoked" : key.Fault(now) is not null ? "expired" : "works";

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm") ?? "never";
}
