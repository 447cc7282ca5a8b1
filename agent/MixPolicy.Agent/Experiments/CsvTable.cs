using System.Globalization;

namespace MixPolicy.Agent.Experiments;

/// <summary>A table as comma-separated values (RFC 4180), in the invariant culture. Rows are made as they are written.</summary>
/// <param name="Columns">Names.</param>
/// <param name="Rows">Cells: text, numbers, times; null or not-a-number is an empty cell.</param>
public sealed record CsvTable(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    // A spreadsheet takes a cell that begins so for a formula; labels and names come from anyone who can start a run.
    private const string FormulaStarts = "=+-@\t\r\n";

    /// <summary>Writes the table, lines ended by CR LF.</summary>
    public async Task WriteAsync(TextWriter writer, CancellationToken cancellationToken = default)
    {
        await WriteLineAsync(writer, Columns, cancellationToken);
        foreach (var row in Rows)
        {
            await WriteLineAsync(writer, row, cancellationToken);
        }

        await writer.FlushAsync(cancellationToken);
    }

    private static Task WriteLineAsync(TextWriter writer, IEnumerable<object?> cells, CancellationToken cancellationToken) =>
        writer.WriteAsync($"{string.Join(',', cells.Select(Cell))}\r\n".AsMemory(), cancellationToken);

    private static string Cell(object? value) => value switch
    {
        null or double.NaN => "",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number and not Enum => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(Harmless(value.ToString()!)),
    };

    private static string Harmless(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? $"'{text}" : text;

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
