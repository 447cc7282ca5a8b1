using System.CommandLine;

namespace MixPolicy.Cli.Service;

/// <summary>Where the service is: options that every command has.</summary>
internal sealed class ConnectionOptions
{
    public const string AddressVariable = "MIXPOLICY_AGENT";
    private const string DefaultAddress = "http://127.0.0.1:5080";

    private readonly Option<Uri> _address = new("--agent")
    {
        Description = $"The agent service. (default: {AddressVariable}, or {DefaultAddress})",
        HelpName = "URL",
        Recursive = true,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (Address(text) is { } address)
            {
                return address;
            }

            result.AddError($"--agent is '{text}'; allowed: an address like {DefaultAddress}");
            return null;
        },
    };

    public void AddTo(RootCommand root) => root.Options.Add(_address);

    /// <exception cref="ArgumentException">The environment names something that is not an address.</exception>
    public Uri AddressOf(ParseResult parsed)
    {
        if (parsed.GetValue(_address) is { } given)
        {
            return given;
        }

        var text = Environment.GetEnvironmentVariable(AddressVariable);
        return string.IsNullOrEmpty(text) ? new(DefaultAddress)
            : Address(text) ?? throw new ArgumentException($"{AddressVariable} is '{text}'; allowed: an address like {DefaultAddress}");
    }

    public Connection Open(ParseResult parsed) => new(AddressOf(parsed));

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new(text) : null;
}
