using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using MixPolicy.Cli.Output;
using MixPolicy.Cli.Service;
using MixPolicy.Client;
using MixPolicy.V1;

namespace MixPolicy.Cli.Commands;

/// <summary><c>watch</c>: what happens, a line an event, until interrupted. A service that restarts is waited for: of one run or agent nothing logged is missed, of all it goes on live.</summary>
internal sealed class WatchCommand : Command
{
    private const string All = "agents/-";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public WatchCommand(ConnectionOptions connection, Option<bool> json, TextWriter output)
        : base("watch", "Show what happens to runs as it happens.")
    {
        var name = new Argument<string>("name") { Description = "A run (agents/X/runs/Y), an agent (agents/X), or all.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => All };
        var past = new Option<bool>("--past") { Description = "First what has been logged." };
        Add(name);
        Add(past);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var service = connection.Open(parsed);
            Action<RunEvent> show = parsed.GetValue(json) ? happened => JsonLines.Write(output, happened) : happened => output.WriteLine(Line(happened));
            await WatchAsync(service.Client, parsed.GetValue(name)!, parsed.GetValue(past), show, parsed.InvocationConfiguration.Error, cancellationToken);
        });
    }

    private static async Task WatchAsync(
        PolicyService.PolicyServiceClient client, string name, bool past, Action<RunEvent> show, TextWriter error, CancellationToken cancellationToken)
    {
        var (seen, reached) = (0L, false);
        while (true)
        {
            // A position belongs to one agent.
            var live = name == All ? !past || reached : !past && seen == 0;
            var request = new WatchRequest { Name = name, LiveOnly = live, AfterSequence = live || name == All ? 0 : seen };
            try
            {
                using var watch = client.Watch(request, cancellationToken: cancellationToken);
                await watch.ResponseHeadersAsync;
                reached = true;
                await foreach (var happened in watch.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    seen = Math.Max(seen, happened.Sequence);
                    show(happened);
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && reached)
            {
                await error.WriteLineAsync("the service is away; waiting for it");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static string Line(RunEvent happened)
    {
        var what = happened.EventCase switch
        {
            RunEvent.EventOneofCase.State => Describe.State(happened.State),
            RunEvent.EventOneofCase.Decision => string.Create(CultureInfo.InvariantCulture, $"interval {happened.Decision.Interval}: {Choices.Text(happened.Decision.Choice)}"),
            RunEvent.EventOneofCase.Reported => string.Create(
                CultureInfo.InvariantCulture,
                $"interval {happened.Reported.Decision.Interval} reported: train loss {Describe.Number(happened.Reported.Report.TrainLoss)}{Reward(happened.Reported)}"),
            RunEvent.EventOneofCase.Progress => string.Create(
                CultureInfo.InvariantCulture, $"interval {happened.Progress.Interval}: batch {happened.Progress.Batch} of {happened.Progress.Batches}, loss {Describe.Number(happened.Progress.RunningLoss)}"),
            RunEvent.EventOneofCase.Update => string.Create(CultureInfo.InvariantCulture, $"policy version {happened.Update.PolicyVersion}"),
            _ => "something this program does not know",
        };
        return $"{happened.Time.ToDateTimeOffset().ToLocalTime():yyyy-MM-dd HH:mm:ss}  {happened.Run}  {what}";
    }

    private static string Reward(DecisionRecord record) => record.HasReward ? $", reward {Describe.Number(record.Reward)}" : "";
}
