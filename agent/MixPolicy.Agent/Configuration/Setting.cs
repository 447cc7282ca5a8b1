using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace MixPolicy.Agent.Configuration;

/// <summary>One property of <see cref="AgentOptions"/> as users name it.</summary>
internal sealed record Setting(PropertyInfo Property)
{
    private static readonly AgentOptions Defaults = new();

    public static IReadOnlyList<Setting> All { get; } =
        [.. typeof(AgentOptions).GetProperties().Where(property => property.CanWrite).Select(property => new Setting(property))];

    /// <summary>Key in the configuration: <c>MixPolicy:GrpcPort</c>.</summary>
    public string Key => $"{AgentOptions.Section}:{Property.Name}";

    /// <summary>On the command line: <c>--grpc-port</c>.</summary>
    public string Switch
    {
        get
        {
            var kebab = new StringBuilder("-");
            foreach (var letter in Property.Name)
            {
                kebab.Append(char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : letter);
            }

            return kebab.ToString();
        }
    }

    public string EnvironmentVariable => $"{AgentOptions.Section}__{Property.Name}";

    public string Description => Property.GetCustomAttribute<DescriptionAttribute>()!.Description;

    public string Default => Convert.ToString(Property.GetValue(Defaults), CultureInfo.InvariantCulture) is { Length: > 0 } value ? value : "none";

    /// <summary>What it may be, or null if that has to be told in words.</summary>
    public string? Range => Property.GetCustomAttribute<RangeAttribute>() is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}")
        : Property.PropertyType.IsEnum ? string.Join(", ", Enum.GetNames(Property.PropertyType))
        : Property.PropertyType == typeof(bool) ? "true, false"
        : null;
}
