using System.Text.Json;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Api;

/// <summary>One of some names in a query, not yet looked at: see <see cref="QueryInteger"/>. The names are those of <typeparamref name="T"/> in snake case.</summary>
internal readonly record struct QueryChoice<T>(string Text) : IParsable<QueryChoice<T>>, IQueryChoice
    where T : struct, Enum
{
    private static readonly (string Name, T Value)[] Known = [.. Enum.GetValues<T>().Select(value => (JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), value)).Where(entry => entry.Item1 != "unspecified")];

    public static IEnumerable<string> Names => Known.Select(entry => entry.Name);

    public static QueryChoice<T> Parse(string s, IFormatProvider? provider) => new(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out QueryChoice<T> result)
    {
        result = new(s ?? "");
        return true;
    }

    /// <exception cref="RefusalException">Not one of the names.</exception>
    public T Value(string field)
    {
        var text = Text;
        return Known.FirstOrDefault(entry => entry.Name == text) is { Name: not null } found
            ? found.Value
            : throw Refusal.Invalid(field, text, $"one of {string.Join(", ", Names)}");
    }
}

/// <summary>What the OpenAPI document asks of a <see cref="QueryChoice{T}"/>.</summary>
internal interface IQueryChoice
{
    static abstract IEnumerable<string> Names { get; }
}
