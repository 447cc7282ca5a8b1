using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MixPolicy.Agent.Contract;

/// <summary>Names the fields in which two messages of one type differ.</summary>
public static class Differences
{
    /// <summary>Each difference as <c>path: stored value there, given value given</c>, in field order.</summary>
    /// <param name="path">Path of the message itself, for example <c>report</c>.</param>
    /// <param name="ignored">Field paths that may differ.</param>
    public static IEnumerable<string> Between(string path, IMessage stored, IMessage given, params string[] ignored)
    {
        foreach (var field in stored.Descriptor.Fields.InFieldNumberOrder())
        {
            var fieldPath = $"{path}.{field.Name}";
            if (ignored.Contains(fieldPath))
            {
                continue;
            }

            foreach (var difference in OfField(fieldPath, field, stored, given, ignored))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> OfField(string path, FieldDescriptor field, IMessage stored, IMessage given, string[] ignored)
    {
        var (left, right) = (Value(field, stored), Value(field, given));
        if (left is IMessage leftMessage && right is IMessage rightMessage && !field.IsRepeated)
        {
            return Between(path, leftMessage, rightMessage, ignored);
        }

        return Equals(left, right) ? [] : [$"{path}: {Show(left)} there, {Show(right)} given"];
    }

    private static object? Value(FieldDescriptor field, IMessage message) =>
        field.HasPresence && !field.Accessor.HasValue(message) ? null : field.Accessor.GetValue(message);

    private static string Show(object? value) => value switch
    {
        null => "nothing",
        "" => "nothing",
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}: {map[key]}").Order(StringComparer.Ordinal))}}}",
        IEnumerable list and not string => $"[{string.Join(", ", list.Cast<object>().Select(Show))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
