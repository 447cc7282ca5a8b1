using System.CommandLine;
using System.Globalization;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Keys;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>The <c>keys</c> command. It works on the database, so also while the service runs and without one.</summary>
internal sealed class KeysCommand : Command
{
    public const string Word = "keys";

    private readonly Option<string?> _folder = new("--data-folder") { Description = "The service's data folder.", HelpName = "DIR", Recursive = true };

    /// <param name="dataFolder">The one the service would use here.</param>
    /// <param name="json">The program's option for JSON, an object a line.</param>
    public KeysCommand(Func<string> dataFolder, Option<bool> json, TextWriter output, TextWriter error)
        : base(Word, "Keys that callers of the service show.")
    {
        Add(_folder);
        Add(Create(dataFolder, output, error));
        Add(List(dataFolder, json, output));
        Add(Revoke(dataFolder, output));
    }

    private Command Create(Func<string> dataFolder, TextWriter output, TextWriter error)
    {
        var owner = new Option<string>("--owner") { Description = $"Whose key it is: {KeyStore.OwnerForm}. Owners see their own agents only.", HelpName = "NAME", Required = true };
        var role = new Option<Role>("--role")
        {
            Description = "What it allows: viewer reads, trainer also creates, steers and deletes, admin does so for all owners.",
            HelpName = "viewer|trainer|admin",
            Required = true,
            CustomParser = ParsedOptions.Needed("--role", "viewer, trainer, admin", RoleOf),
        };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When it stops working: in 30d or 12h, or on 2027-01-31. Without it never.",
            HelpName = "WHEN",
            CustomParser = ParsedOptions.Optional("--expires", "a number of days or hours like 30d or 12h, or a date to come like 2027-01-31", When),
        };
        var adopt = new Option<bool>("--adopt") { Description = "Give the owner the agents that have none: those made while no key was asked for. The service must not run." };
        var command = new Command("create", "Make a key and print it. It is shown this once.") { owner, role, expires, adopt };
        owner.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !KeyStore.IsOwner(text))
            {
                result.AddError($"--owner is '{text}'; allowed: {KeyStore.OwnerForm}");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var place = KeysPlace.ForChange(parsed.GetValue(_folder) ?? dataFolder(), alone: parsed.GetValue(adopt));
            var name = parsed.GetValue(owner)!;
            var key = await place.Keys.CreateAsync(name, parsed.GetValue(role), parsed.GetValue(expires), KeysPlace.By);
            if (parsed.GetValue(adopt))
            {
                await error.WriteLineAsync($"{await place.Keys.AdoptAsync(name, KeysPlace.By)} agents without an owner are {name}'s now");
            }
            else if (await place.Keys.CountOwnerlessAsync(cancellationToken) is > 0 and var ownerless)
            {
                await error.WriteLineAsync(
                    $"warning: {ownerless} agents have no owner, because they were made while nobody was asked for a key: under --authentication Keys only administrators see them. " +
                    "With --adopt, while the service is stopped, `keys create` gives them to an owner.");
            }

            // The key alone goes to the output, so that a script can take it.
            await output.WriteLineAsync(key.Reveal());
            await error.WriteLineAsync("This is the only time it is shown. The service asks for keys if it runs with --authentication Keys.");
            return 0;
        });
        return command;
    }

    private Command List(Func<string> dataFolder, Option<bool> json, TextWriter output)
    {
        var command = new Command("list", "Show all keys, without their secrets.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var place = KeysPlace.Existing(parsed.GetValue(_folder) ?? dataFolder());
            var keys = await place.Keys.ListAsync(cancellationToken);
            foreach (var line in parsed.GetValue(json) ? KeyListing.JsonLines(keys, DateTimeOffset.UtcNow) : [KeyListing.Table(keys, DateTimeOffset.UtcNow)])
            {
                await output.WriteLineAsync(line);
            }

            return 0;
        });
        return command;
    }

    private Command Revoke(Func<string> dataFolder, TextWriter output)
    {
        var id = new Argument<string>("ID") { Description = "The key's id, as `keys list` shows it." };
        var command = new Command("revoke", "Make a key stop working, at once and for good.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var place = KeysPlace.Existing(parsed.GetValue(_folder) ?? dataFolder());
            var key = await place.Keys.RevokeAsync(parsed.GetValue(id)!, KeysPlace.By, cancellationToken);
            await output.WriteLineAsync($"key {key.Id} of {key.Owner} {key.Fault(DateTimeOffset.UtcNow)}");
            return 0;
        });
        return command;
    }

    // By name only: Enum.TryParse would take its number too.
    private static Role? RoleOf(string text) =>
        Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => string.Equals(role.ToString(), text, StringComparison.OrdinalIgnoreCase));

    private static DateTimeOffset? When(string text)
    {
        var now = DateTimeOffset.UtcNow;
        if (text.Length > 1 && text[^1] is 'd' or 'h' && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 100_000)
        {
            return now + (text[^1] == 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time > now ? time.ToUniversalTime() : null;
    }
}
