namespace MixPolicy.Testing;

/// <summary>A sample in a README and the code that tests run, line by line: they must not come apart.</summary>
public static class ReadmeSample
{
    /// <summary>The lines of a README's first C# sample, without their indentation.</summary>
    /// <param name="readme">From the repository's root.</param>
    public static string[] Shown(string readme) =>
        [.. File.ReadAllText(Repository.PathOf(readme)).Split("```csharp\n")[1].Split("```")[0].TrimEnd().Split('\n').Select(line => line.Trim())];

    /// <summary>The lines of a method, without their indentation and empty ones.</summary>
    /// <param name="source">From the repository's root.</param>
    /// <param name="method">What the line before its opening brace has.</param>
    /// <param name="isEnd">The line that is not part of it any more.</param>
    public static string[] Run(string source, string method, Func<string, bool> isEnd) =>
    [
        .. File.ReadAllLines(Repository.PathOf(source)).SkipWhile(line => !line.Contains(method, StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => !isEnd(line)).Select(line => line.Trim()).Where(line => line.Length > 0),
    ];
}
