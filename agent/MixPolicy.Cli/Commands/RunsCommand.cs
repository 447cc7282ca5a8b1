using System.CommandLine;
using System.Globalization;
using MixPolicy.Cli.Output;
using MixPolicy.Cli.Service;
using MixPolicy.Client;
using MixPolicy.V1;

namespace MixPolicy.Cli.Commands;

/// <summary><c>runs list|show</c>.</summary>
internal sealed class RunsCommand : Command
{
    public RunsCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("runs", "The runs of the service's agents.")
    {
        var of = new Option<string?>("--of") { Description = "Only the runs of this agent.", HelpName = "AGENT" };
        var state = new Option<RunState?>("--state")
        {
            Description = "Only those that are active, stale or finished.",
            HelpName = "STATE",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
                RunState? parsed = text switch { "active" => RunState.Active, "stale" => RunState.Stale, "finished" => RunState.Finished, _ => null };
                if (parsed is null)
                {
                    result.AddError($"--state is '{text}'; allowed: active, stale, finished");
                }

                return parsed;
            },
        };
        state.CompletionSources.Add("active", "stale", "finished");
        var list = new Command("list", "List runs, the newest first.") { of, state };
        list.SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            var runs = await Pages.RunsAsync(service.Client, Names.Full(parsed.GetValue(of) ?? "-"), cancellationToken);
            var wanted = parsed.GetValue(state);
            List<Run> shown = [.. runs.Where(run => wanted is null || run.State == wanted).OrderByDescending(run => run.CreateTime)];
            if (parsed.GetValue(json))
            {
                shown.ForEach(run => JsonLines.Write(output, run));
                return;
            }

            var now = DateTimeOffset.UtcNow;
            Columns.Write(output, ["run", "state", "reported", "data set", "network", "updated"], shown.Select(run => new[]
            {
                run.Name, Describe.State(run.State), string.Create(CultureInfo.InvariantCulture, $"{run.Reports}/{run.Spec.Intervals}"), run.Spec.Dataset, run.Spec.Network,
                Ago.Of(run.UpdateTime, now),
            }));
        });

        var name = new Argument<string>("run") { Description = "agents/X/runs/Y." };
        var show = new Command("show", "Show what was decided in a run and what came of it.") { name };
        show.SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            var decisions = await Pages.DecisionsAsync(service.Client, parsed.GetValue(name)!, cancellationToken);
            if (parsed.GetValue(json))
            {
                decisions.ForEach(decision => JsonLines.Write(output, decision));
                return;
            }

            Columns.Write(
                output,
                ["interval", "choice", "version", "train loss", "held-out loss", "held-out top-1", "test top-1", "reward"],
                decisions.Select(decided => new[]
                {
                    string.Create(CultureInfo.InvariantCulture, $"{decided.Decision.Interval}"),
                    Choices.Text(decided.Decision.Choice),
                    string.Create(CultureInfo.InvariantCulture, $"{decided.Decision.PolicyVersion}"),
                    Describe.Number(decided.Report?.TrainLoss),
                    Describe.Number(decided.Report is { HasHoldoutLoss: true } a ? a.HoldoutLoss : null),
                    Describe.Number(decided.Report is { HasHoldoutTop1: true } b ? b.HoldoutTop1 : null),
                    Describe.Number(decided.Report is { HasTestTop1: true } c ? c.TestTop1 : null),
                    Describe.Number(decided.HasReward ? decided.Reward : null),
                }));
        });

        Add(list);
        Add(show);
    }
}
