using System.Globalization;
using MixPolicy.Client;
using MixPolicy.Trainer.Policy;

namespace MixPolicy.Trainer.Commands;

/// <summary>Method names as lists on the command line.</summary>
internal static class MethodList
{
    internal const string ScheduleForm = "EPOCH:METHOD pairs with growing epochs, the first 0, for example 0:vanilla,5:cutmix";

    internal static string Names { get; } = string.Join(", ", MethodNames.All);

    /// <summary>a,b,c, none twice; null if one is unknown or repeated.</summary>
    internal static IReadOnlyList<string>? Parse(string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        string[] methods = [.. names.Select(Known).OfType<string>().Distinct()];
        return methods.Length == names.Length ? methods : null;
    }

    /// <summary>0:a,5:b; null if it is not <see cref="ScheduleForm"/>.</summary>
    internal static IReadOnlyList<ScheduleEntry>? ParseSchedule(string text)
    {
        var entries = new List<ScheduleEntry>();
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split(':') is not [var epochText, var name]
                || !int.TryParse(epochText, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                || Known(name) is not { } method
                || (entries.Count == 0 ? epoch != 0 : epoch <= entries[^1].FromEpoch))
            {
                return null;
            }

            entries.Add(new(epoch, method));
        }

        return entries;
    }

    private static string? Known(string name) => LibraryChoices.Find(name) is { } method ? MethodNames.Of(method) : null;
}
