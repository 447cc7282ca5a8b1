using Google.Protobuf;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Puts logged entries through a mind again, and compares what it decides and learns with what was logged.</summary>
internal sealed partial class LogReplay(AgentMind mind, ILogger logger)
{
    /// <param name="entries">By sequence, without gaps.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="RefusalException">FAILED_PRECONDITION: a logged decision is not what the mind decides.</exception>
    public int Run(IEnumerable<LogRow> entries)
    {
        var count = 0;
        // A report is held back until what follows shows whether its run ends with it.
        LogRow? report = null;
        foreach (var entry in entries)
        {
            count++;
            if (report is not null && entry.Kind != EntryKind.Updated)
            {
                var last = entry.Kind == EntryKind.Finished && entry.RunId == report.RunId;
                Report(report, last);
                report = null;
                if (last)
                {
                    continue;
                }
            }

            report = entry.Kind == EntryKind.Reported ? entry : report;
            Apply(entry);
        }

        if (report is not null)
        {
            Report(report, last: false);
        }

        return count;
    }

    private void Apply(LogRow entry)
    {
        var run = Name(entry);
        switch (entry.Kind)
        {
            case EntryKind.Started:
                mind.StartRun(run, RunSpec.Parser.ParseFrom(entry.Payload));
                break;
            case EntryKind.Decided:
                var decision = mind.Decide(run, entry.Interval!.Value).Decision;
                if (!decision.ToByteArray().AsSpan().SequenceEqual(entry.Payload))
                {
                    var logged = Decision.Parser.ParseFrom(entry.Payload);
                    DecisionDiffers(entry.Sequence, logged, decision);
                    throw Refusal.OutOfOrder(
                        $"{run}: the decision logged for interval {entry.Interval} is not the one that its replay gives, so the log was written by another "
                        + "machine or version. The agent goes on only there; what is logged can be read here.");
                }

                break;
            case EntryKind.Finished:
                mind.FinishRun(run);
                break;
        }
    }

    private void Report(LogRow entry, bool last)
    {
        var run = Name(entry);
        var learned = mind.Report(run, entry.Interval!.Value, V1.Report.Parser.ParseFrom(entry.Payload), last);
        if (learned.Reward != entry.Reward)
        {
            RewardDiffers(run, entry.Interval.Value, entry.Sequence, entry.Reward, learned.Reward);
        }
    }

    private static string Name(LogRow entry) => new Naming.RunName(entry.AgentId, entry.RunId).ToString();

    [LoggerMessage(Level = LogLevel.Critical, Message = "INTEGRITY: the decision logged at position {Sequence} is {Logged}, its replay gives {Replayed}. The logged one holds, "
        + "and the agent is not served: the policy here is not the one that made it. Was the log written on another machine or version?")]
    private partial void DecisionDiffers(long sequence, Decision logged, Decision replayed);

    [LoggerMessage(Level = LogLevel.Critical, Message = "INTEGRITY: {Run}, interval {Interval}: the reward logged at position {Sequence} is {Logged}, its replay gives {Replayed}")]
    private partial void RewardDiffers(string run, int interval, long sequence, double? logged, double? replayed);
}
