using System.CommandLine.Parsing;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>Options whose error names option, value and what is allowed.</summary>
internal static class ParsedOptions
{
    /// <param name="parse">Null refuses the text.</param>
    public static Func<ArgumentResult, T> Needed<T>(string option, string allowed, Func<string, T?> parse)
        where T : struct => result => Read(result, option, allowed, parse) ?? default;

    /// <param name="parse">Null refuses the text.</param>
    public static Func<ArgumentResult, T?> Optional<T>(string option, string allowed, Func<string, T?> parse)
        where T : struct => result => Read(result, option, allowed, parse);

    private static T? Read<T>(ArgumentResult result, string option, string allowed, Func<string, T?> parse)
        where T : struct
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var value = parse(text);
        if (value is null)
        {
            result.AddError($"{option} is '{text}'; allowed: {allowed}");
        }

        return value;
    }
}
