using System.CommandLine;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Transfer;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Commands;

/// <summary>The <c>policy</c> command: learned policies from and to the agents of a service.</summary>
internal sealed class PolicyCommand : Command
{
    /// <param name="time">Clock of the deadlines.</param>
    public PolicyCommand(TimeProvider time)
        : base("policy", "Take what an agent has learned to a file, or give it to a new agent.")
    {
        Add(Transfer("export", "Write the policy of an agent to a file.", "--out", "The file to write.", async (client, agent, file, cancellationToken) =>
        {
            var policy = await PolicyTransfer.ExportAsync(client, agent, time.GetUtcNow().UtcDateTime + PolicyTransfer.Longest, cancellationToken);
            SavedPolicy.Write(file, policy);
            return $"{policy.Header.Kind} after {policy.Header.PolicyVersion} updates, {policy.Data.Length} bytes: {file}";
        }));
        Add(Transfer("import", "Give an agent that has decided nothing yet the policy in a file.", "--from", "The file to read.", async (client, agent, file, cancellationToken) =>
        {
            var policy = SavedPolicy.Read(file);
            var changed = await PolicyTransfer.ImportAsync(client, agent, policy, time.GetUtcNow().UtcDateTime + PolicyTransfer.Longest, cancellationToken);
            return $"{changed.Name} has {policy.Header.Kind} after {policy.Header.PolicyVersion} updates";
        }));
    }

    private static Command Transfer(
        string name, string help, string fileOption, string fileHelp, Func<PolicyService.PolicyServiceClient, string, string, CancellationToken, Task<string>> transfer)
    {
        var service = OptionKinds.Parsed<Uri?>(
            "--agent", "The agent service.", "URL", "an address like http://host:5080",
            text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new(text) : null);
        var agent = OptionKinds.Parsed<string?>("--name", "The agent.", "agents/X", "a name like agents/rlmix-set-1a2b3c4d", text => text.StartsWith("agents/", StringComparison.Ordinal) ? text : null);
        var file = OptionKinds.Text(fileOption, fileHelp, "FILE");
        var command = new Command(name, help) { service, agent, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var address = parsed.GetValue(service) ?? throw new UsageException("--agent", null, "needed: the address of the agent service");
            var named = parsed.GetValue(agent) ?? throw new UsageException("--name", null, "needed: agents/X");
            var path = parsed.GetValue(file) ?? throw new UsageException(fileOption, null, "needed: the name of a file");
            using var channel = AgentConnection.Open(address);
            try
            {
                Console.WriteLine(await transfer(new(channel), named, path, cancellationToken));
            }
            catch (Grpc.Core.RpcException e)
            {
                throw RpcErrors.Refused(e);
            }

            return 0;
        });
        return command;
    }
}
