using System.CommandLine;
using System.Globalization;

namespace MixPolicy.Trainer.Commands;

/// <summary>Options whose error names option, value and what is allowed. All are nullable: null means not given.</summary>
internal static class OptionKinds
{
    internal static Option<string?> Text(string name, string help, string placeholder) => new(name) { Description = help, HelpName = placeholder };

    internal static Option<string?> OneOf(string name, string help, params string[] allowed) => Parsed<string?>(name, help, string.Join('|', allowed), string.Join(", ", allowed), text =>
        allowed.Contains(text) ? text : null);

    internal static Option<int?> Whole(string name, string help, int min, int max = int.MaxValue) => Parsed<int?>(name, help, "N", Range(min, max), text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null);

    internal static Option<long?> Seed(string name, string help) => Parsed<long?>(name, help, "N", $"a whole number from 0 to {long.MaxValue}", text =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null);

    internal static Option<double?> Number(string name, string help, string placeholder, string allowed, Func<double, bool> fits) => Parsed<double?>(name, help, placeholder, allowed, text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && fits(value) ? value : null);

    /// <param name="parse">Null refuses the text.</param>
    internal static Option<T?> Parsed<T>(string name, string help, string placeholder, string allowed, Func<string, T?> parse) => new(name)
    {
        Description = help,
        HelpName = placeholder,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            var value = parse(text);
            if (value is null)
            {
                result.AddError($"{name} is '{text}'; allowed: {allowed}");
            }

            return value;
        },
    };

    private static string Range(int min, int max) => max == int.MaxValue ? $"a whole number, {min} or more" : $"a whole number from {min} to {max}";
}
