using System.CommandLine;
using System.Globalization;
using MixPolicy.Agent.Policies;
using MixPolicy.Cli.Output;
using MixPolicy.Cli.Service;
using MixPolicy.V1;

namespace MixPolicy.Cli.Commands;

/// <summary><c>agent list|show|delete</c>.</summary>
internal sealed class AgentCommand : Command
{
    public AgentCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("agent", "The agents of the service.")
    {
        Aliases.Add("agents");
        var list = new Command("list", "List the agents.");
        list.SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            var agents = await Pages.AgentsAsync(service.Client, cancellationToken);
            if (parsed.GetValue(json))
            {
                agents.ForEach(agent => JsonLines.Write(output, agent));
                return;
            }

            var now = DateTimeOffset.UtcNow;
            Columns.Write(output, ["agent", "policy", "version", "decisions", "reports", "batches", "created"], agents.Select(agent => new[]
            {
                agent.Name, PolicyOf(agent), Number(agent.PolicyVersion), Number(agent.Decisions), Number(agent.Reports), Number(agent.Batches), Ago.Of(agent.CreateTime, now),
            }));
        });

        var name = Names.Agent();
        var show = new Command("show", "Show an agent and its settings.") { name };
        show.SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            JsonLines.Write(output, await service.Client.GetAgentAsync(new() { Name = Names.Full(parsed.GetValue(name)!) }, cancellationToken: cancellationToken));
        });

        var force = new Option<bool>("--force") { Description = "Also while a run is active." };
        var doomed = Names.Agent();
        var delete = new Command("delete", "Delete an agent with its runs, its log and what it has learned.") { doomed, force };
        delete.SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            var full = Names.Full(parsed.GetValue(doomed)!);
            await service.Client.DeleteAgentAsync(new() { Name = full, Force = parsed.GetValue(force) }, cancellationToken: cancellationToken);
            output.WriteLine($"deleted {full}");
        });

        Add(list);
        Add(show);
        Add(delete);
    }

    private static string PolicyOf(V1.Agent agent) =>
        (agent.Spec.PolicyCase == AgentSpec.PolicyOneofCase.None ? "ppo" : PolicyNames.KindOf(agent.Spec)) + (agent.Spec.Frozen ? " (frozen)" : "");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
