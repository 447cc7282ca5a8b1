using System.CommandLine;
using System.Data.Common;
using MixPolicy.Agent.Configuration;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>What is done beside the service, on its machine, by whoever may write to its data folder: <c>keys</c> and <c>certificates</c>.</summary>
public static class AdministratorCommands
{
    private const int Failure = 1;
    private const int Usage = 2;

    public static bool Has(string[] args) => args.FirstOrDefault() is KeysCommand.Word or CertificatesCommand.Word;

    /// <summary>The commands, for a program that has more of them.</summary>
    /// <param name="json">That program's option for JSON, an object a line.</param>
    /// <inheritdoc cref="RunAsync" path="/param"/>
    public static IEnumerable<Command> Create(IConfigurationBuilder sources, Option<bool> json, TextWriter output, TextWriter error) =>
        [new KeysCommand(() => CommandLine.Configured(sources).DataFolder, json, output, error), new CertificatesCommand(output)];

    /// <param name="sources">Where the service finds its settings.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, IConfigurationBuilder sources, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("MixPolicy agent service: what is done beside it.");
        var json = new Option<bool>("--json") { Description = "List in JSON, one object a line.", Recursive = true };
        root.Add(json);
        foreach (var command in Create(sources, json, output, error))
        {
            root.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync($"error: {parsed.Errors[0].Message}");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, Output = output, Error = error }, cancellationToken);
        }
        catch (Exception e) when (e is SettingsException or IOException or UnauthorizedAccessException or DbException)
        {
            await error.WriteLineAsync($"error: {e.Message.ReplaceLineEndings(" ")}");
            return Failure;
        }
    }
}
