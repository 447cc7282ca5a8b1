namespace MixPolicy.Testing;

/// <summary>
/// The golden vectors: numbers recorded from the published implementations. <c>MIXPOLICY_GOLDEN</c> names another folder of the same schema;
/// the default is the copy in <c>tests/golden</c>.
/// </summary>
public static class GoldenFolder
{
    /// <summary>Every case of an area whose file name starts with one of the prefixes, by file name.</summary>
    /// <exception cref="InvalidOperationException">The area has a file with a prefix that <paramref name="known"/> lacks, or no case at all.</exception>
    public static IEnumerable<string> Cases(string area, IReadOnlyCollection<string> known, params string[] prefixes)
    {
        var folder = Path.Combine(Root, area);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).ToArray() : [];
        var stranger = files.FirstOrDefault(f => !known.Any(p => Path.GetFileName(f).StartsWith(p, StringComparison.Ordinal)));
        if (stranger is not null)
        {
            throw new InvalidOperationException($"{stranger}: no test knows this kind of case; known prefixes are {string.Join(", ", known)}");
        }

        var cases = files.Where(f => prefixes.Any(p => Path.GetFileName(f).StartsWith(p, StringComparison.Ordinal))).ToArray();
        return cases.Length > 0
            ? cases
            : throw new InvalidOperationException($"no golden case {string.Join("|", prefixes)} in {folder}: a golden test without cases proves nothing");
    }

    private static string Root => Environment.GetEnvironmentVariable("MIXPOLICY_GOLDEN") is { Length: > 0 } named ? named : DefaultRoot();

    private static string DefaultRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "golden");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"tests/golden was not found above {AppContext.BaseDirectory}; set MIXPOLICY_GOLDEN");
    }
}
