using System.CommandLine;
using MixPolicy.Cli.Output;
using MixPolicy.Cli.Service;
using MixPolicy.Client.Transfer;

namespace MixPolicy.Cli.Commands;

/// <summary><c>import AGENT FILE</c>: a learned policy for an agent that has decided nothing yet.</summary>
internal sealed class ImportCommand : Command
{
    public ImportCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("import", "Give an agent that has decided nothing yet a policy that 'export' has written.")
    {
        var agent = Names.Agent();
        var file = new Argument<string>("file") { Description = "The file to read." };
        Add(agent);
        Add(file);
        SetAction(async (parsed, cancellationToken) =>
        {
            var policy = SavedPolicy.Read(parsed.GetValue(file)!);
            using var service = connection.Open(parsed);
            var changed = await PolicyTransfer.ImportAsync(service.Client, Names.Full(parsed.GetValue(agent)!), policy, DateTime.UtcNow + PolicyTransfer.Longest, cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonLines.Write(output, changed);
                return;
            }

            output.WriteLine($"{changed.Name} has {policy.Header.Kind} after {policy.Header.PolicyVersion} updates");
        });
    }
}
