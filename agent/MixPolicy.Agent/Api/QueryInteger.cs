using System.Globalization;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Api;

/// <summary>An integer of a query, not yet looked at: so that one that is none is refused with what is allowed, as everything else is.</summary>
internal readonly record struct QueryInteger(string Text) : IParsable<QueryInteger>
{
    public static QueryInteger Parse(string s, IFormatProvider? provider) => new(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out QueryInteger result)
    {
        result = new(s ?? "");
        return true;
    }

    /// <exception cref="RefusalException">Not an integer in [low, high].</exception>
    public long In(string field, long low, long high) =>
        long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
            ? value
            : throw Refusal.Invalid(field, Text, string.Create(CultureInfo.InvariantCulture, $"an integer in [{low}, {high}]"));
}
