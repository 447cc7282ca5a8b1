using Spectre.Console;

namespace MixPolicy.Cli.Output;

/// <summary>A table on a terminal, and as plain columns in a pipe.</summary>
internal static class Columns
{
    // What a pipe takes: nothing is cut.
    private const int PipeWidth = 250;

    /// <param name="rows">A text a column; shown as it is, markup included.</param>
    public static void Write(TextWriter output, string[] headers, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(Markup.Escape(header.ToUpperInvariant())).NoWrap().PadRight(2));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = Console.IsOutputRedirected || output != Console.Out ? PipeWidth : Math.Max(80, console.Profile.Width);
        console.Write(table);
    }
}
