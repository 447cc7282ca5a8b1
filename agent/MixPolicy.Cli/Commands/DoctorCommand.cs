using System.CommandLine;
using System.Text.Json;
using MixPolicy.Agent.Configuration;
using MixPolicy.Cli.Doctor;
using MixPolicy.Cli.Service;

namespace MixPolicy.Cli.Commands;

/// <summary><c>doctor</c>: what is wrong with an installation, and how to mend it.</summary>
internal sealed class DoctorCommand : Command
{
    public DoctorCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("doctor", "Look for what is wrong with this installation, and say how to mend it.")
    {
        var folder = new Option<string?>("--data-folder") { Description = "The service's data folder. (default: as the service's settings say)", HelpName = "DIR" };
        Add(folder);
        SetAction(async (parsed, cancellationToken) =>
        {
            var findings = new List<Finding>(NativeCheck.Look());
            findings.AddRange(Settings(parsed.GetValue(folder)));
            findings.AddRange(await ServiceCheck.LookAsync(connection.AddressOf(parsed), cancellationToken));
            foreach (var finding in findings)
            {
                output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(finding) : Line(finding));
            }

            return findings.Any(finding => finding.Verdict == Verdict.Broken) ? 1 : 0;
        });
    }

    private static IEnumerable<Finding> Settings(string? folder)
    {
        AgentOptions options;
        try
        {
            options = CommandLine.Read(folder is null ? [] : ["--data-folder", folder], CommandLine.Sources());
        }
        catch (SettingsException e)
        {
            return [new("settings", Verdict.Broken, e.Message.ReplaceLineEndings("; "), "Set it right in the environment or in appsettings.json.")];
        }

        return DataFolderCheck.Look(options);
    }

    private static string Line(Finding finding)
    {
        var mark = finding.Verdict switch { Verdict.Ok => "ok     ", Verdict.Warning => "warning", _ => "BROKEN " };
        return $"{mark}  {finding.Subject}: {finding.What}{(finding.Cure is { } cure ? $"{Environment.NewLine}         {cure}" : "")}";
    }
}
