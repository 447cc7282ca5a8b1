using System.CommandLine;
using MixPolicy.Cli.Output;
using MixPolicy.Cli.Service;
using MixPolicy.Client.Transfer;

namespace MixPolicy.Cli.Commands;

/// <summary><c>export AGENT FILE</c>: what an agent has learned, to start another with.</summary>
internal sealed class ExportCommand : Command
{
    public ExportCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("export", "Write what an agent has learned to a file.")
    {
        var agent = Names.Agent();
        var file = new Argument<string>("file") { Description = "The file to write; one that is there is replaced." };
        Add(agent);
        Add(file);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            var policy = await PolicyTransfer.ExportAsync(service.Client, Names.Full(parsed.GetValue(agent)!), DateTime.UtcNow + PolicyTransfer.Longest, cancellationToken);
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            // Whole or not at all.
            var partial = $"{path}.{Guid.NewGuid():N}.partial";
            await File.WriteAllBytesAsync(partial, SavedPolicy.Bytes(policy), cancellationToken);
            File.Move(partial, path, overwrite: true);
            if (parsed.GetValue(json))
            {
                JsonLines.Write(output, policy.Header);
                return;
            }

            output.WriteLine($"{policy.Header.Kind} after {policy.Header.PolicyVersion} updates, {policy.Data.Length} bytes: {path}");
        });
    }
}
